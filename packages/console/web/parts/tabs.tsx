import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

export interface Tab {
  readonly id: string;
  readonly name: string;
}

export interface TabsProps<T extends Tab> {
  readonly label: string;
  readonly tabs: readonly T[];
  readonly children: (tab: T) => ComponentChildren;
}

/** One of several ways to show something, chosen by a click or the arrows. */
export function Tabs<T extends Tab>({ label, tabs, children }: TabsProps<T>) {
  const [chosen, setChosen] = useState<T | undefined>(tabs[0]);
  const id = useId();
  if (chosen === undefined) return null;
  const choose = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(chosen) + by + tabs.length) % tabs.length];
    setChosen(next);
    document.getElementById(`${id}-${next?.id}`)?.focus();
  };
  return (
    <>
      <div class="segments" role="tablist" aria-label={label} onKeyDown={choose}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={tab === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => setChosen(tab)}
          >
            {tab.name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen.id}`}>
        {children(chosen)}
      </div>
    </>
  );
}
