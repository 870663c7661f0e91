import { KeyHint } from "../shortcuts/key-hint.tsx";

/** How many came meanwhile. They are shown when somebody wants them, so that nothing moves before. */
export function NewRowsButton({ count, show: onShow }: { readonly count: number; readonly show: () => void }) {
  return (
    <div class="new-rows">
      {count > 0 && (
        <button type="button" onClick={onShow} aria-keyshortcuts=".">
          {count.toLocaleString("en")} new <KeyHint keys="." />
        </button>
      )}
    </div>
  );
}
