/** A key as it is pressed. */
export interface Press {
  readonly key: string;
  readonly hasCtrl: boolean;
  readonly hasMeta: boolean;
  readonly hasAlt: boolean;
  /** In milliseconds. */
  readonly at: number;
}

/** What was pressed before and may go on. */
export interface Pending {
  readonly keys: string;
  readonly at: number;
}

export interface Step {
  /** Which of those that are known was pressed; null if none is complete. */
  readonly keys: string | null;
  readonly pending: Pending | null;
}

/** Two keys one after the other belong together within so many milliseconds. */
const TOGETHER = 1200;

/** Finds what a key completes, of those that are known, such as `g w`, `mod+k` or `?`. */
export function stepped(known: Iterable<string>, pending: Pending | null, press: Press): Step {
  const name = nameOf(press);
  if (name === null) return { keys: null, pending: null };
  const all = [...known];
  const before = pending !== null && press.at - pending.at <= TOGETHER ? `${pending.keys} ` : "";
  // Who pressed the wrong second key means that alone.
  for (const keys of new Set([before + name, name])) {
    if (all.includes(keys)) return { keys, pending: null };
    if (all.some((one) => one.startsWith(`${keys} `))) return { keys: null, pending: { keys, at: press.at } };
  }
  return { keys: null, pending: null };
}

/** Null for those that are the browser's or the system's. */
function nameOf({ key, hasCtrl, hasMeta, hasAlt }: Press): string | null {
  if (hasCtrl && hasMeta) return null;
  if (hasCtrl || hasMeta) return hasAlt ? null : `mod+${key.length === 1 ? key.toLowerCase() : key}`;
  return hasAlt ? null : key;
}
