/** A key as it is pressed. */
export interface KeyPress {
  readonly key: string;
  readonly hasCtrl: boolean;
  readonly hasMeta: boolean;
  readonly hasAlt: boolean;
  /** In milliseconds. */
  readonly time: number;
}

/** What was pressed before and may go on. */
export interface PendingKeys {
  readonly keys: string;
  readonly time: number;
}

export interface ShortcutMatch {
  /** Which of those that are known was pressed; null if none is complete. */
  readonly keys: string | null;
  readonly pending: PendingKeys | null;
}

/** Two keys one after the other belong together within so many milliseconds. */
const SEQUENCE_TIMEOUT_MS = 1200;

/** Finds what a key completes, of those that are known, such as `g w`, `mod+k` or `?`. */
export function matchShortcut(shortcuts: Iterable<string>, pending: PendingKeys | null, keyPress: KeyPress): ShortcutMatch {
  const name = toKeyName(keyPress);
  if (name === null) return { keys: null, pending: null };
  const candidates = [...shortcuts];
  const prefix = pending !== null && keyPress.time - pending.time <= SEQUENCE_TIMEOUT_MS ? `${pending.keys} ` : "";
  // Who pressed the wrong second key means that alone.
  for (const keys of new Set([prefix + name, name])) {
    if (candidates.includes(keys)) return { keys, pending: null };
    if (candidates.some((candidate) => candidate.startsWith(`${keys} `))) return { keys: null, pending: { keys, time: keyPress.time } };
  }
  return { keys: null, pending: null };
}

/** Null for those that are the browser's or the system's. */
function toKeyName({ key, hasCtrl, hasMeta, hasAlt }: KeyPress): string | null {
  if (hasCtrl && hasMeta) return null;
  if (hasCtrl || hasMeta) return hasAlt ? null : `mod+${key.length === 1 ? key.toLowerCase() : key}`;
  return hasAlt ? null : key;
}
