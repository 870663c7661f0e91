import { KeyHint } from "../shortcuts/key-hint.tsx";

/** Shows the number of new deliveries; they are added on request, so that rows do not move. */
export function NewRowsButton({ count, onShow }: { readonly count: number; readonly onShow: () => void }) {
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
