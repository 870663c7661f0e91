export interface KeyPress {
  readonly key: string;
  readonly hasCtrl: boolean;
  readonly hasMeta: boolean;
  readonly hasAlt: boolean;
  /** Milliseconds. */
  readonly time: number;
}

/** The beginning of a key sequence. */
export interface PendingKeys {
  readonly keys: string;
  readonly time: number;
}

export interface ShortcutMatch {
  /** The completed shortcut; null if there is none. */
  readonly keys: string | null;
  readonly pending: PendingKeys | null;
}

const SEQUENCE_TIMEOUT_MS = 1200;

/** Finds the shortcut that a key completes, for example `g w`, `mod+k` or `?`. */
export function matchShortcut(
  shortcuts: Iterable<string>,
  pending: PendingKeys | null,
  keyPress: KeyPress,
): ShortcutMatch {
  const name = toKeyName(keyPress);
  if (name === null) return { keys: null, pending: null };
  const candidates = [...shortcuts];
  const prefix =
    pending !== null && keyPress.time - pending.time <= SEQUENCE_TIMEOUT_MS ? `${pending.keys} ` : "";
  // A wrong second key counts as a first key.
  for (const keys of new Set([prefix + name, name])) {
    if (candidates.includes(keys)) return { keys, pending: null };
    if (candidates.some((candidate) => candidate.startsWith(`${keys} `)))
      return { keys: null, pending: { keys, time: keyPress.time } };
  }
  return { keys: null, pending: null };
}

/** Null for shortcuts of the browser or the system. */
function toKeyName({ key, hasCtrl, hasMeta, hasAlt }: KeyPress): string | null {
  if (hasCtrl && hasMeta) return null;
  if (hasCtrl || hasMeta) return hasAlt ? null : `mod+${key.length === 1 ? key.toLowerCase() : key}`;
  return hasAlt ? null : key;
}
