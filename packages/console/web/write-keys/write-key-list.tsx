import { useState } from "preact/hooks";
import { callApi } from "../api.ts";
import { ConfirmDialog } from "../dialog/confirm-dialog.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import type { WriteKey } from "./write-key.ts";

export function WriteKeyList({
  keys,
  onRevoked,
}: {
  readonly keys: readonly WriteKey[];
  readonly onRevoked: (key: WriteKey) => void;
}) {
  const [keyToRevoke, setKeyToRevoke] = useState<WriteKey | null>(null);
  if (keys.length === 0)
    return (
      <div class="card empty">
        <h2>No write keys yet</h2>
        <p>A write key lets a program send events and user properties, and nothing else. Create one above.</p>
      </div>
    );
  return (
    <>
      <ul class="rows write-keys">
        {keys.map((key) => (
          <li key={key.heron_id} class="row">
            <b>{getWriteKeyName(key)}</b>
            <code>app_…{key.hint}</code>
            <span class="hint">
              created <RelativeTime at={key.created} />
            </span>
            <button
              type="button"
              class="danger"
              aria-label={`Revoke ${getWriteKeyName(key)}, which ends in ${key.hint}`}
              onClick={() => setKeyToRevoke(key)}
            >
              Revoke…
            </button>
          </li>
        ))}
      </ul>
      {keyToRevoke !== null && (
        <ConfirmDialog
          title={`Revoke ${getWriteKeyName(keyToRevoke)}?`}
          confirmLabel="Revoke key"
          isDestructive
          onClose={() => setKeyToRevoke(null)}
          onConfirm={async () => {
            await callApi("DELETE", `/write-keys/${keyToRevoke.heron_id}`);
            onRevoked(keyToRevoke);
          }}
        >
          <p>
            Requests with the key ending in <code>{keyToRevoke.hint}</code> are refused everywhere within five
            seconds. This cannot be undone.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function getWriteKeyName({ description, hint }: WriteKey): string {
  return description === "" ? `Write key …${hint}` : description;
}
