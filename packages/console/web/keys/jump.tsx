import { useEffect, useId, useState } from "preact/hooks";
import { ask, session } from "../api.ts";
import { Dialog } from "../dialog/dialog.tsx";
import { useLoaded } from "../parts/loaded.tsx";
import { go } from "../router.tsx";
import { allWebhooks } from "../webhook/all-webhooks.ts";
import { type Target, targetsFor } from "./jump-targets.ts";

const PAGES: readonly Target[] = [
  { kind: "Page", name: "Overview", hint: "how things are", to: "" },
  { kind: "Page", name: "Webhooks", hint: "all of them", to: "webhooks" },
  { kind: "Page", name: "Add webhook", hint: "a new one", to: "webhooks/new" },
  { kind: "Page", name: "Deliveries", hint: "the newest first", to: "deliveries" },
  { kind: "Page", name: "Dead deliveries", hint: "what was given up", to: "deliveries?status=failed" },
  { kind: "Page", name: "Labels", hint: "names for events", to: "labels" },
  { kind: "Page", name: "Make label", hint: "a new one", to: "labels/new" },
  { kind: "Page", name: "Users", hint: "whom events are about", to: "users" },
];
const FOR_HEAP: Target = { kind: "Page", name: "Write keys", hint: "for Heap's clients", to: "write-keys" };
const FOR_ADMINS: Target = { kind: "Page", name: "Accounts", hint: "stop one, or go on", to: "accounts" };

/** Goes anywhere by a few letters, or by an id. */
export function Jump({ close }: { readonly close: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const webhooks = useLoaded("webhooks", allWebhooks);
  const topics = useLoaded("topics", () =>
    ask<{ readonly topics: readonly string[] }>("GET", "/webhooks/topics"),
  );
  const targets = targetsFor(text, {
    webhooks: webhooks.value ?? [],
    topics: topics.value?.topics ?? [],
    pages: [
      ...PAGES,
      ...(session.value?.heap === true ? [FOR_HEAP] : []),
      ...(session.value?.admin === true ? [FOR_ADMINS] : []),
    ],
  });
  const chosen = Math.min(at, targets.length - 1);
  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const jump = (target: Target | undefined): void => {
    if (target === undefined) return;
    close();
    go(target.to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setAt((chosen + by + targets.length) % Math.max(1, targets.length));
  };
  return (
    <Dialog title="Jump to" close={close} class="jump">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          jump(targets[chosen]);
        }}
      >
        <input
          role="combobox"
          aria-label="A page, webhook, topic, user, or an id"
          aria-expanded={targets.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          {...(targets.length > 0 ? { "aria-activedescendant": `${id}-${chosen}` } : {})}
          placeholder="A page, webhook, topic, user, or an id"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onKeyDown={onKeyDown}
          onInput={({ currentTarget: { value } }) => {
            setText(value);
            setAt(0);
          }}
        />
        <div role="listbox" id={`${id}-list`} aria-label="Places" class="targets">
          {targets.map((target, i) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            <div
              key={`${target.kind} ${target.to}`}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === chosen}
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
