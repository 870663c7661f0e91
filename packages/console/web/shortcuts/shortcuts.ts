/** A key or a sequence of keys. */
export interface Shortcut {
  /** Keys in the notation of `matchShortcut`. All of them do the same. */
  readonly keys: readonly string[];
  readonly description: string;
  /** Only available with the Heap-compatible API. */
  readonly requiresHeapApi?: true;
}

export interface ShortcutGroup {
  readonly name: string;
  readonly shortcuts: readonly Shortcut[];
}

export const SHORTCUT_GROUPS: readonly ShortcutGroup[] = [
  {
    name: "Everywhere",
    shortcuts: [
      { keys: ["mod+k"], description: "Jump to a page, webhook, delivery, topic or user" },
      { keys: ["mod+Enter"], description: "Submit form" },
      { keys: ["?"], description: "Show keyboard shortcuts" },
      { keys: ["g o"], description: "Go to the overview" },
      { keys: ["g w"], description: "Go to the webhooks" },
      { keys: ["g d"], description: "Go to the deliveries" },
      { keys: ["g l"], description: "Go to the labels" },
      { keys: ["g u"], description: "Go to the users" },
      { keys: ["g k"], description: "Go to the write keys", requiresHeapApi: true },
      { keys: ["n"], description: "Create webhook" },
      { keys: ["f", "/"], description: "Filter the list" },
    ],
  },
  {
    name: "In a list of deliveries",
    shortcuts: [
      { keys: ["j", "ArrowDown"], description: "Next" },
      { keys: ["k", "ArrowUp"], description: "Previous" },
      { keys: ["Home", "End"], description: "Jump to newest / oldest" },
      { keys: ["PageUp", "PageDown"], description: "Page up / down" },
      { keys: ["Enter"], description: "Open" },
      { keys: ["."], description: "Show new deliveries" },
    ],
  },
  {
    name: "On a webhook",
    shortcuts: [
      { keys: ["t"], description: "Send a test" },
      { keys: ["e"], description: "Edit" },
    ],
  },
  {
    name: "On a delivery",
    shortcuts: [
      { keys: ["r"], description: "Retry delivery" },
      { keys: ["c"], description: "Copy as curl" },
      { keys: ["d"], description: "Compare attempts" },
      { keys: ["Escape"], description: "Back to the list" },
    ],
  },
];

/** Whether a shortcut consists of printable characters. Users of voice input can turn those off. */
export function isPrintable(keys: string): boolean {
  return keys.split(" ").every((key) => [...key].length === 1);
}

const KEY_LABELS: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  PageUp: "Page Up",
  PageDown: "Page Down",
  Escape: "Esc",
};

/** The labels on keyboards. */
export function toKeyLabels(keys: string, isApple: boolean): readonly string[] {
  return keys
    .split(/[ +]/)
    .map((key) =>
      key === "mod"
        ? isApple
          ? "⌘"
          : "Ctrl"
        : key.length === 1 && keys.includes("+")
          ? key.toUpperCase()
          : (KEY_LABELS[key] ?? key),
    );
}
