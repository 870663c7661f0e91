import { useState } from "preact/hooks";

/** Text that one can copy, and why if that fails. */
export function CopyButton({ text, what: label = "Copy" }: { readonly text: () => string; readonly what?: string }) {
  const [status, setStatus] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    const isCopied = await copyToClipboard(text());
    setStatus(isCopied ? "Copied" : "Copy failed");
    setTimeout(() => setStatus(null), 2000);
  };
  return (
    <button type="button" class="copy" onClick={() => void copy()}>
      <span aria-live="polite">{status ?? label}</span>
    </button>
  );
}

/** Puts text on the clipboard, which browsers allow in secure places alone. */
export async function copyToClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Code with what copies it. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div class="code">
      <CopyButton text={() => text} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
    </div>
  );
}

/** JSON with its parts on lines of their own; other text as it is. */
export function formatJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
