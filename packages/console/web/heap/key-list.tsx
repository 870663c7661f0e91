import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { Confirm } from "../dialog/confirm.tsx";
import { When } from "../parts/when.tsx";
import type { WriteKey } from "./write-key.ts";

/** The write keys that there are. */
export function KeyList({
  keys,
  revoked,
}: {
  readonly keys: readonly WriteKey[];
  readonly revoked: (key: WriteKey) => void;
}) {
  const [asked, setAsked] = useState<WriteKey | null>(null);
  if (keys.length === 0)
    return (
      <div class="card empty">
        <h2>No write keys yet</h2>
        <p>
          With a write key, a program that posts events and users to Heap posts them here instead, or as well.
          It can do nothing else with it: nothing can be read. Make one above.
        </p>
      </div>
    );
  return (
    <>
      <ul class="rows write-keys">
        {keys.map((key) => (
          <li key={key.heron_id} class="row">
            <b>{nameOf(key)}</b>
            <code>app_…{key.hint}</code>
            <span class="hint">
              made <When at={key.created} />
            </span>
            <button
              type="button"
              class="danger"
              aria-label={`Revoke ${nameOf(key)}, which ends in ${key.hint}`}
              onClick={() => setAsked(key)}
            >
              Revoke…
            </button>
          </li>
        ))}
      </ul>
      {asked !== null && (
        <Confirm
          title={`Revoke ${nameOf(asked)}?`}
          verb="Revoke it"
          isDangerous
          close={() => setAsked(null)}
          run={async () => {
            await ask("DELETE", `/write-keys/${asked.heron_id}`);
            revoked(asked);
          }}
        >
          <p>
            Programs that write with the key ending in <code>{asked.hint}</code> are refused, everywhere
            within five seconds. What they wrote before stays. Nothing brings a revoked key back.
          </p>
        </Confirm>
      )}
    </>
  );
}

function nameOf({ description, hint }: WriteKey): string {
  return description === "" ? `Write key …${hint}` : description;
}
