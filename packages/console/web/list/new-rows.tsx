import { Key } from "../keys/key.tsx";

/** How many came meanwhile. They are shown when somebody wants them, so that nothing moves before. */
export function NewRows({ count, show }: { readonly count: number; readonly show: () => void }) {
  return (
    <div class="new-rows">
      {count > 0 && (
        <button type="button" onClick={show} aria-keyshortcuts=".">
          {count.toLocaleString("en")} new <Key keys="." />
        </button>
      )}
    </div>
  );
}
