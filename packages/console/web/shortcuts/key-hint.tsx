import { toKeyLabels } from "./shortcuts.ts";
import { areShortcutsEnabled, isApple } from "./use-shortcuts.ts";

/** Shows the shortcut of a button; screen readers use `aria-keyshortcuts`. */
export function KeyHint({ keys }: { readonly keys: string }) {
  if (!areShortcutsEnabled.value) return null;
  return (
    <span aria-hidden="true">
      <kbd class="hint-key">{toKeyLabels(keys, isApple).join(" ")}</kbd>
    </span>
  );
}
