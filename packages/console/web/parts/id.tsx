import { useState } from "preact/hooks";

/** An id that one can copy. */
export function Id({ id }: { readonly id: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(id);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" class="id" onClick={() => void copy()} title={`Copy ${id}`}>
      <code>{id.length > 20 ? `${id.slice(0, 10)}…${id.slice(-5)}` : id}</code>
      <span class="hint" aria-live="polite">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
