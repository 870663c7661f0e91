/** A key, or keys one after the other. */
export interface KeyEntry {
  /** As {@link stepped} takes them: the first is what is listened for, the others do the same. */
  readonly keys: readonly string[];
  readonly what: string;
  /** Only where Heap's clients may write. */
  readonly isForHeap?: true;
}

export interface KeyGroup {
  readonly name: string;
  readonly entries: readonly KeyEntry[];
}

/** All keys that there are, as they are listed. */
export const KEYS: readonly KeyGroup[] = [
  {
    name: "Everywhere",
    entries: [
      { keys: ["mod+k"], what: "Jump to a page, webhook, delivery, topic or user" },
      { keys: ["mod+Enter"], what: "Submit the form that one is in" },
      { keys: ["?"], what: "Show this" },
      { keys: ["g o"], what: "Go to the overview" },
      { keys: ["g w"], what: "Go to the webhooks" },
      { keys: ["g d"], what: "Go to the deliveries" },
      { keys: ["g l"], what: "Go to the labels" },
      { keys: ["g u"], what: "Go to the users" },
      { keys: ["g k"], what: "Go to the write keys", isForHeap: true },
      { keys: ["n"], what: "Add a webhook" },
      { keys: ["f", "/"], what: "Filter the list" },
    ],
  },
  {
    name: "In a list of deliveries",
    entries: [
      { keys: ["j", "ArrowDown"], what: "Next" },
      { keys: ["k", "ArrowUp"], what: "Previous" },
      { keys: ["Home", "End"], what: "The newest, the oldest that is there" },
      { keys: ["PageUp", "PageDown"], what: "A screen up, a screen down" },
      { keys: ["Enter"], what: "Open" },
      { keys: ["."], what: "Show those that are new" },
    ],
  },
  {
    name: "At a webhook",
    entries: [
      { keys: ["t"], what: "Send a test" },
      { keys: ["e"], what: "Edit" },
    ],
  },
  {
    name: "At a delivery",
    entries: [
      { keys: ["r"], what: "Send again" },
      { keys: ["c"], what: "Copy as curl" },
      { keys: ["d"], what: "Compare attempts" },
      { keys: ["Escape"], what: "Back to the list" },
    ],
  },
];

/** Those that one types with: where somebody dictates or types without looking, they are turned off. */
export function isCharacter(keys: string): boolean {
  return keys.split(" ").every((key) => [...key].length === 1);
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  PageUp: "Page Up",
  PageDown: "Page Down",
  Escape: "Esc",
};

/** As it is written on keyboards. */
export function partsOf(keys: string, isApple: boolean): readonly string[] {
  return keys
    .split(/[ +]/)
    .map((key) =>
      key === "mod"
        ? isApple
          ? "⌘"
          : "Ctrl"
        : key.length === 1 && keys.includes("+")
          ? key.toUpperCase()
          : (NAMES[key] ?? key),
    );
}
