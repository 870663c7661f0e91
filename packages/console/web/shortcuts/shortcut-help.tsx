import { session } from "../api.ts";
import { Dialog } from "../dialog/dialog.tsx";
import { SHORTCUT_GROUPS, type Shortcut, toKeyLabels } from "./shortcuts.ts";
import { areShortcutsEnabled, isApple, setShortcutsEnabled } from "./use-shortcuts.ts";

/** Lists all shortcuts, with a switch for single-key ones. */
export function ShortcutHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} class="wide">
      <p>
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            aria-checked={areShortcutsEnabled.value}
            checked={areShortcutsEnabled.value}
            onChange={({ currentTarget: { checked } }) => setShortcutsEnabled(checked)}
          />
          Enable single-key shortcuts
        </label>
      </p>
      <p class="hint">
        Shortcuts are off while you type. Turn them off if you use voice input. Saved in this browser.
      </p>
      <div class="key-groups">
        {SHORTCUT_GROUPS.map(({ name, shortcuts }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {shortcuts.filter(isAvailable).map(({ keys, description }) => (
                <div key={description}>
                  <dt>
                    {keys.map((combination, i) => (
                      <span key={combination}>
                        {i > 0 && " or "}
                        {toKeyLabels(combination, isApple).map((part) => (
                          <kbd key={part}>{part}</kbd>
                        ))}
                      </span>
                    ))}
                  </dt>
                  <dd>{description}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="actions">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </p>
    </Dialog>
  );
}

function isAvailable({ requiresHeapApi }: Shortcut): boolean {
  return requiresHeapApi !== true || session.value?.heap_api === true;
}
