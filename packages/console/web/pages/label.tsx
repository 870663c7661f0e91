import { useState } from "preact/hooks";
import { callApi } from "../api.ts";
import { LabelForm } from "../labels/label-form.tsx";
import type { Label as Shown } from "../labels/label.ts";
import { DeleteLabelDialog } from "../labels/delete-label-dialog.tsx";
import { Heading } from "../parts/heading.tsx";
import { CopyableId } from "../parts/copyable-id.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import { Link } from "../router.tsx";

/** One label: what it is called, and what it names, to be changed. */
export function LabelPage({ name }: { readonly name: string }) {
  const loaded = useResource(name, () =>
    callApi<{ readonly label: Shown }>("GET", `/labels/${encodeURIComponent(name)}`),
  );
  return (
    <>
      <p class="back">
        <Link to="labels">Labels</Link>
      </p>
      {loaded.value === undefined && <Heading title="Label" isProvisional={loaded.failure === undefined} />}
      <ResourceView resource={loaded} name="label" placeholder={<Skeleton rows={8} />}>
        {({ label }) => <LabelView label={label} />}
      </ResourceView>
    </>
  );
}

function LabelView({ label }: { readonly label: Shown }) {
  const [isDeleting, setDeleting] = useState(false);
  const newWebhookPath = `webhooks/new?${new URLSearchParams({ topic: label.topic })}`;
  return (
    <>
      <header class="head">
        <div>
          <Heading title={label.name} />
          <p class="hint">
            <CopyableId id={label.topic} isWhole /> · made <RelativeTime at={label.created} />
          </p>
        </div>
        <span class="actions">
          <Link to={newWebhookPath} class="button">
            Create webhook for this label
          </Link>
          <button type="button" class="danger" onClick={() => setDeleting(true)}>
            Delete…
          </button>
        </span>
      </header>
      <LabelForm label={label} />
      {isDeleting && <DeleteLabelDialog label={label} close={() => setDeleting(false)} />}
    </>
  );
}
