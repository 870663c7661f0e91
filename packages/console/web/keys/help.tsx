import { session } from "../api.ts";
import { Dialog } from "../dialog/dialog.tsx";
import { areKeysOn, isApple, turnKeys } from "./listen.ts";
import { KEYS, type KeyEntry, partsOf } from "./map.ts";

/** All keys, and whether single ones count. */
export function KeyHelp({ close }: { readonly close: () => void }) {
  return (
    <Dialog title="Keys" close={close} class="wide">
      <p>
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            aria-checked={areKeysOn.value}
            checked={areKeysOn.value}
            onChange={({ currentTarget: { checked } }) => turnKeys(checked)}
          />
          Single keys are shortcuts
        </label>
      </p>
      <p class="hint">
        Never while you type in a field. Turn them off if you speak to your computer, or press keys by chance;
        this browser remembers it.
      </p>
      <div class="key-groups">
        {KEYS.map(({ name, entries }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {entries.filter(isThere).map(({ keys, what }) => (
                <div key={what}>
                  <dt>
                    {keys.map((one, i) => (
                      <span key={one}>
                        {i > 0 && " or "}
                        {partsOf(one, isApple).map((part) => (
                          <kbd key={part}>{part}</kbd>
                        ))}
                      </span>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="actions">
        <button type="button" onClick={close}>
          Close
        </button>
      </p>
    </Dialog>
  );
}

function isThere({ isForHeap }: KeyEntry): boolean {
  return isForHeap !== true || session.value?.heap === true;
}
