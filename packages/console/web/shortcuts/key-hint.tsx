import { areShortcutsEnabled, isApple } from "./use-shortcuts.ts";
import { toKeyLabels } from "./shortcuts.ts";

/** Which key does what a button does, for who sees it; `aria-keyshortcuts` says it to others. */
export function KeyHint({ keys }: { readonly keys: string }) {
  if (!areShortcutsEnabled.value) return null;
  return (
    <span aria-hidden="true">
      <kbd class="hint-key">{toKeyLabels(keys, isApple).join(" ")}</kbd>
    </span>
  );
}
