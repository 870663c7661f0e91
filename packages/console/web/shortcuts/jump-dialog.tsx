import { useEffect, useId, useState } from "preact/hooks";
import { callApi, session } from "../api.ts";
import { Dialog } from "../dialog/dialog.tsx";
import { useResource } from "../parts/resource.tsx";
import { navigate } from "../router.tsx";
import { loadAllWebhooks } from "../webhook/load-webhooks.ts";
import { findTargets, type JumpTarget } from "./jump-targets.ts";

const PAGES: readonly JumpTarget[] = [
  { kind: "Page", name: "Overview", hint: "health and charts", to: "" },
  { kind: "Page", name: "Webhooks", hint: "all webhooks", to: "webhooks" },
  { kind: "Page", name: "Create webhook", hint: "new webhook", to: "webhooks/new" },
  { kind: "Page", name: "Deliveries", hint: "newest first", to: "deliveries" },
  { kind: "Page", name: "Dead deliveries", hint: "dead deliveries", to: "deliveries?status=dead" },
  { kind: "Page", name: "Labels", hint: "derived topics", to: "labels" },
  { kind: "Page", name: "Create label", hint: "new label", to: "labels/new" },
  { kind: "Page", name: "Users", hint: "user properties", to: "users" },
];
const WRITE_KEYS_PAGE: JumpTarget = {
  kind: "Page",
  name: "Write keys",
  hint: "Heap-compatible API",
  to: "write-keys",
};
const ACCOUNTS_PAGE: JumpTarget = { kind: "Page", name: "Accounts", hint: "pause or resume", to: "accounts" };

/** Navigates by name or id. */
export function JumpDialog({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const [position, setPosition] = useState(0);
  const id = useId();
  const webhooks = useResource("webhooks", loadAllWebhooks);
  const topics = useResource("topics", () =>
    callApi<{ readonly topics: readonly string[] }>("GET", "/webhooks/topics"),
  );
  const targets = findTargets(text, {
    webhooks: webhooks.value ?? [],
    topics: topics.value?.topics ?? [],
    pages: [
      ...PAGES,
      ...(session.value?.heap_api === true ? [WRITE_KEYS_PAGE] : []),
      ...(session.value?.admin === true ? [ACCOUNTS_PAGE] : []),
    ],
  });
  const selected = Math.min(position, targets.length - 1);
  useEffect(() => {
    document.getElementById(`${id}-${selected}`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const jump = (target: JumpTarget | undefined): void => {
    if (target === undefined) return;
    onClose();
    navigate(target.to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setPosition((selected + step + targets.length) % Math.max(1, targets.length));
  };
  return (
    <Dialog title="Jump to" onClose={onClose} class="jump">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          jump(targets[selected]);
        }}
      >
        <input
          role="combobox"
          aria-label="A page, webhook, topic, user, or ID"
          aria-expanded={targets.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          {...(targets.length > 0 ? { "aria-activedescendant": `${id}-${selected}` } : {})}
          placeholder="A page, webhook, topic, user, or ID"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onKeyDown={onKeyDown}
          onInput={({ currentTarget: { value } }) => {
            setText(value);
            setPosition(0);
          }}
        />
        <div role="listbox" id={`${id}-list`} aria-label="Results" class="targets">
          {targets.map((target, i) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keyboard
            <div
              key={`${target.kind} ${target.to}`}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === selected}
              onClick={() => jump(target)}
            >
              <span class="hint">{target.kind}</span>
              <b>{target.name}</b>
              <span class="hint">{target.hint}</span>
            </div>
          ))}
        </div>
      </form>
    </Dialog>
  );
}
