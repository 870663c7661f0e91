import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { matchShortcut, type PendingKeys } from "./match-shortcut.ts";
import { isPrintable } from "./shortcuts.ts";

type ShortcutHandlers = Readonly<Record<string, () => void>>;

const STORAGE_KEY = "heron.shortcuts";

/** Whether single-key shortcuts are enabled. */
export const areShortcutsEnabled = signal(localStorage.getItem(STORAGE_KEY) !== "off");

export function setShortcutsEnabled(isEnabled: boolean): void {
  areShortcutsEnabled.value = isEnabled;
  if (isEnabled) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, "off");
}

export const isApple: boolean = /Mac|iPhone|iPad/.test(navigator.platform);

/** The last added layer has priority. */
const layers: { readonly current: ShortcutHandlers }[] = [];

/** Handles shortcuts while the component is mounted. */
export function useShortcuts(handlers: ShortcutHandlers): void {
  const layer = useRef(handlers);
  layer.current = handlers;
  useEffect(() => {
    layers.push(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}

let pendingKeys: PendingKeys | null = null;

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || ["Control", "Meta", "Shift", "Alt"].includes(event.key))
    return;
  const match = matchShortcut(getActiveShortcuts(event), pendingKeys, {
    key: event.key,
    hasCtrl: event.ctrlKey,
    hasMeta: event.metaKey,
    hasAlt: event.altKey,
    time: event.timeStamp,
  });
  pendingKeys = match.pending;
  if (match.keys === null) return;
  const { keys } = match;
  event.preventDefault();
  layers.findLast(({ current }) => keys in current)?.current[keys]?.();
});

/** The shortcuts that are active for the focused element: text fields and dialogs only keep those with `mod`. */
function getActiveShortcuts({ target }: KeyboardEvent): ReadonlySet<string> {
  const shortcuts = layers.flatMap(({ current }) => Object.keys(current));
  const isCaptured = isTextField(target) || document.querySelector("dialog[open]") !== null;
  return new Set(
    shortcuts.filter(
      (keys) => keys.startsWith("mod+") || (!isCaptured && (areShortcutsEnabled.value || !isPrintable(keys))),
    ),
  );
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target.isContentEditable || target.matches("textarea, select");
}

/** Submits the focused form. */
export function submitForm(): void {
  document.activeElement?.closest("form")?.requestSubmit();
}
