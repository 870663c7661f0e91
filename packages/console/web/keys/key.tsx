import { areKeysOn, isApple } from "./listen.ts";
import { partsOf } from "./map.ts";

/** Which key does what a button does, for who sees it; `aria-keyshortcuts` says it to others. */
export function Key({ keys }: { readonly keys: string }) {
  if (!areKeysOn.value) return null;
  return (
    <span aria-hidden="true">
      <kbd class="hint-key">{partsOf(keys, isApple).join(" ")}</kbd>
    </span>
  );
}
