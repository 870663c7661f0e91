import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isCharacter } from "./map.ts";
import { type Pending, stepped } from "./match.ts";

type Commands = Readonly<Record<string, () => void>>;

const PLACE = "heron keys";

/** Whether single characters do something. */
export const areKeysOn = signal(localStorage.getItem(PLACE) !== "off");

export function turnKeys(isOn: boolean): void {
  areKeysOn.value = isOn;
  if (isOn) localStorage.removeItem(PLACE);
  else localStorage.setItem(PLACE, "off");
}

export const isApple: boolean = /Mac|iPhone|iPad/.test(navigator.platform);

/** What is on the page listens last, so the last that was added is asked first. */
const layers: { readonly current: Commands }[] = [];

/** Does something at keys, for as long as what calls it is shown. */
export function useKeys(commands: Commands): void {
  const layer = useRef(commands);
  layer.current = commands;
  useEffect(() => {
    layers.push(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}

let pending: Pending | null = null;

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || ["Control", "Meta", "Shift", "Alt"].includes(event.key))
    return;
  const step = stepped(known(event), pending, {
    key: event.key,
    hasCtrl: event.ctrlKey,
    hasMeta: event.metaKey,
    hasAlt: event.altKey,
    at: event.timeStamp,
  });
  pending = step.pending;
  if (step.keys === null) return;
  const { keys } = step;
  event.preventDefault();
  layers.findLast(({ current }) => keys in current)?.current[keys]?.();
});

/** Those that count where the focus is: characters are the field's within one, and a dialog's own within that. */
function known({ target }: KeyboardEvent): ReadonlySet<string> {
  const all = layers.flatMap(({ current }) => Object.keys(current));
  const isElsewhere = isField(target) || document.querySelector("dialog[open]") !== null;
  return new Set(
    all.filter(
      (keys) => keys.startsWith("mod+") || (!isElsewhere && (areKeysOn.value || !isCharacter(keys))),
    ),
  );
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target.isContentEditable || target.matches("textarea, select");
}

/** Submits the form that one is in. */
export function submitForm(): void {
  document.activeElement?.closest("form")?.requestSubmit();
}
