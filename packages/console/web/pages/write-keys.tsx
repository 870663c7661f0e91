import { useState } from "preact/hooks";
import { ask, session } from "../api.ts";
import { base } from "../base.ts";
import { KeyList } from "../heap/key-list.tsx";
import { MakeKey } from "../heap/make-key.tsx";
import { HEAP_SNIPPETS, KEY_VARIABLE } from "../heap/snippets.ts";
import { ToldOnce } from "../heap/told-once.tsx";
import type { MadeWriteKey, WriteKey } from "../heap/write-key.ts";
import { Code } from "../parts/code.tsx";
import { Heading } from "../parts/heading.tsx";
import { Show, Skeleton, useLoaded } from "../parts/loaded.tsx";
import { Tabs } from "../parts/tabs.tsx";

/** Keys with which programs write events and users as they do to Heap. */
export function WriteKeys() {
  if (session.value?.heap !== true) return <Off />;
  return <On />;
}

function Off() {
  return (
    <div class="card empty">
      <Heading title="Write keys" />
      <p>
        Programs cannot write here by Heap's API: the application turns that on, with{" "}
        <code>createConsole(sender, {"{ heap: true }"})</code>.
      </p>
    </div>
  );
}

function On() {
  const loaded = useLoaded("write-keys", () =>
    ask<{ readonly write_keys: readonly WriteKey[] }>("GET", "/write-keys"),
  );
  const [made, setMade] = useState<MadeWriteKey | null>(null);
  const [said, setSaid] = useState("");
  return (
    <>
      <Heading title="Write keys" />
      <p>
        Programs that track events and users with Heap's server-side API do so here with a write key, as their{" "}
        <code>app_id</code>.
      </p>
      {made !== null && (
        <ToldOnce name={made.write_key.description} value={made.key} done={() => setMade(null)} />
      )}
      <MakeKey
        made={(key) => {
          setMade(key);
          setSaid("");
          loaded.reload();
        }}
      />
      <h2>Write keys in use</h2>
      <p role="status">{said}</p>
      <Show of={loaded} what="list of write keys" outline={<Skeleton rows={3} kind="row" />}>
        {({ write_keys }) => (
          <KeyList
            keys={write_keys}
            revoked={({ heron_id, hint }) => {
              if (made?.write_key.heron_id === heron_id) setMade(null);
              setSaid(`The key ending in ${hint} is revoked.`);
              loaded.reload();
            }}
          />
        )}
      </Show>
      <HowToWrite value={made?.key ?? null} />
    </>
  );
}

function HowToWrite({ value }: { readonly value: string | null }) {
  const api = new URL(`${base}api`, location.href).href;
  return (
    <section>
      <h2>How to write</h2>
      {value === null && <p class="hint">The key is read from the environment variable {KEY_VARIABLE}.</p>}
      <Tabs label="Ways to write" tabs={HEAP_SNIPPETS}>
        {({ name, install, code }) => (
          <>
            {install !== null && <Code text={install} label="What to install" />}
            <Code text={code({ api, key: value })} label={`With ${name}`} />
          </>
        )}
      </Tabs>
    </section>
  );
}
