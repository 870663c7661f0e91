import { useState } from "preact/hooks";
import { copied as isCopied } from "./code.tsx";

/** An id that one can copy. */
export function Id({ id, isWhole = false }: { readonly id: string; readonly isWhole?: boolean }) {
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    setSaid((await isCopied(id)) ? "Copied" : "Could not be copied");
    setTimeout(() => setSaid(""), 1500);
  };
  const shown = isWhole || id.length <= 20 ? id : `${id.slice(0, 10)}…${id.slice(-5)}`;
  return (
    <button type="button" class="id" onClick={() => void copy()} title={`Copy ${id}`}>
      <code>{shown}</code>
      <span class="hint" aria-live="polite">
        {said}
      </span>
    </button>
  );
}
