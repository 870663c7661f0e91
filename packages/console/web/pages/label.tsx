import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { LabelForm } from "../labels/form.tsx";
import type { Label as Shown } from "../labels/label.ts";
import { LabelRemoval } from "../labels/removal.tsx";
import { Heading } from "../parts/heading.tsx";
import { Id } from "../parts/id.tsx";
import { Show, Skeleton, useLoaded } from "../parts/loaded.tsx";
import { When } from "../parts/when.tsx";
import { Link } from "../router.tsx";

/** One label: what it is called, and what it names, to be changed. */
export function Label({ name }: { readonly name: string }) {
  const loaded = useLoaded(name, () =>
    ask<{ readonly label: Shown }>("GET", `/labels/${encodeURIComponent(name)}`),
  );
  return (
    <>
      <p class="back">
        <Link to="labels">Labels</Link>
      </p>
      {loaded.value === undefined && <Heading title="Label" isProvisional={loaded.failure === undefined} />}
      <Show of={loaded} what="label" outline={<Skeleton rows={8} />}>
        {({ label }) => <Found label={label} />}
      </Show>
    </>
  );
}

function Found({ label }: { readonly label: Shown }) {
  const [isAsked, setAsked] = useState(false);
  const webhook = `webhooks/new?${new URLSearchParams({ topic: label.topic })}`;
  return (
    <>
      <header class="head">
        <div>
          <Heading title={label.name} />
          <p class="hint">
            <Id id={label.topic} isWhole /> · made <When at={label.created} />
          </p>
        </div>
        <span class="actions">
          <Link to={webhook} class="button">
            Add a webhook for it
          </Link>
          <button type="button" class="danger" onClick={() => setAsked(true)}>
            Delete…
          </button>
        </span>
      </header>
      <LabelForm label={label} />
      {isAsked && <LabelRemoval label={label} close={() => setAsked(false)} />}
    </>
  );
}
