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

/** Tabs, selected by click or arrow keys. */
export function Tabs<T extends Tab>({ label, tabs, children }: TabsProps<T>) {
  const [selected, setSelected] = useState<T | undefined>(tabs[0]);
  const id = useId();
  if (selected === undefined) return null;
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(selected) + step + tabs.length) % tabs.length];
    setSelected(next);
    document.getElementById(`${id}-${next?.id}`)?.focus();
  };
  return (
    <>
      <div class="segments" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={tab === selected}
            aria-controls={`${id}-panel`}
            tabIndex={tab === selected ? 0 : -1}
            onClick={() => setSelected(tab)}
          >
            {tab.name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${selected.id}`}>
        {children(selected)}
      </div>
    </>
  );
}
