import { useState } from "preact/hooks";
import { copyToClipboard } from "./code.tsx";

/** An id with a copy button. */
export function CopyableId({ id, isFull = false }: { readonly id: string; readonly isFull?: boolean }) {
  const [status, setStatus] = useState("");
  const copy = async (): Promise<void> => {
    setStatus((await copyToClipboard(id)) ? "Copied" : "Copy failed");
    setTimeout(() => setStatus(""), 1500);
  };
  const displayed = isFull || id.length <= 20 ? id : `${id.slice(0, 10)}…${id.slice(-5)}`;
  return (
    <button type="button" class="id" onClick={() => void copy()} title={`Copy ${id}`}>
      <code>{displayed}</code>
      <span class="hint" aria-live="polite">
        {status}
      </span>
    </button>
  );
}
