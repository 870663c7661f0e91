import { useState } from "preact/hooks";
import { callApi, session } from "../api.ts";
import { basePath } from "../base.ts";
import { CodeBlock } from "../parts/code.tsx";
import { Heading } from "../parts/heading.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { CreateWriteKeyForm } from "../write-keys/create-write-key-form.tsx";
import { NewWriteKey } from "../write-keys/new-write-key.tsx";
import { HEAP_SNIPPETS, KEY_VARIABLE } from "../write-keys/snippets.ts";
import type { CreatedWriteKey, WriteKey } from "../write-keys/write-key.ts";
import { WriteKeyList } from "../write-keys/write-key-list.tsx";

export function WriteKeysPage() {
  if (session.value?.heap_api !== true) return <HeapApiDisabled />;
  return <WriteKeyManager />;
}

function HeapApiDisabled() {
  return (
    <div class="card empty">
      <Heading title="Write keys" />
      <p>The Heap-compatible API is turned off.</p>
    </div>
  );
}

function WriteKeyManager() {
  const loaded = useResource("write-keys", () =>
    callApi<{ readonly write_keys: readonly WriteKey[] }>("GET", "/write-keys"),
  );
  const [createdKey, setCreatedKey] = useState<CreatedWriteKey | null>(null);
  const [statusText, setStatusText] = useState("");
  return (
    <>
      <Heading title="Write keys" />
      <p>
        Use a write key as <code>app_id</code> with Heap's server-side API.
      </p>
      {createdKey !== null && (
        <NewWriteKey
          name={createdKey.write_key.description}
          value={createdKey.key}
          onDone={() => setCreatedKey(null)}
        />
      )}
      <CreateWriteKeyForm
        onCreated={(key) => {
          setCreatedKey(key);
          setStatusText("");
          loaded.reload();
        }}
      />
      <h2>Active write keys</h2>
      <p role="status">{statusText}</p>
      <ResourceView
        resource={loaded}
        name="list of write keys"
        placeholder={<Skeleton rows={3} kind="row" />}
      >
        {({ write_keys }) => (
          <WriteKeyList
            keys={write_keys}
            onRevoked={({ heron_id, hint }) => {
              if (createdKey?.write_key.heron_id === heron_id) setCreatedKey(null);
              setStatusText(`Revoked the key ending in ${hint}.`);
              loaded.reload();
            }}
          />
        )}
      </ResourceView>
      <WriteKeyUsage writeKey={createdKey?.key ?? null} />
    </>
  );
}

function WriteKeyUsage({ writeKey }: { readonly writeKey: string | null }) {
  const apiUrl = new URL(`${basePath}api`, location.href).href;
  return (
    <section>
      <h2>Usage</h2>
      {writeKey === null && <p class="hint">The key is read from the environment variable {KEY_VARIABLE}.</p>}
      <Tabs label="Languages" tabs={HEAP_SNIPPETS}>
        {({ name, install, render }) => (
          <>
            {install !== null && <CodeBlock text={install} label="Install command" />}
            <CodeBlock text={render({ apiUrl, writeKey })} label={`With ${name}`} />
          </>
        )}
      </Tabs>
    </section>
  );
}
