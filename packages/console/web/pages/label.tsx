import { useState } from "preact/hooks";
import { callApi } from "../api.ts";
import { DeleteLabelDialog } from "../labels/delete-label-dialog.tsx";
import type { Label } from "../labels/label.ts";
import { LabelForm } from "../labels/label-form.tsx";
import { CopyableId } from "../parts/copyable-id.tsx";
import { Heading } from "../parts/heading.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { Link } from "../router.tsx";

/** One label, with the form that edits it. */
export function LabelPage({ name }: { readonly name: string }) {
  const loaded = useResource(name, () =>
    callApi<{ readonly label: Label }>("GET", `/labels/${encodeURIComponent(name)}`),
  );
  return (
    <>
      <p class="back">
        <Link to="labels">Labels</Link>
      </p>
      {loaded.value === undefined && <Heading title="Label" isLoading={loaded.failure === undefined} />}
      <ResourceView resource={loaded} name="label" placeholder={<Skeleton rows={8} />}>
        {({ label }) => <LabelView label={label} />}
      </ResourceView>
    </>
  );
}

function LabelView({ label }: { readonly label: Label }) {
  const [isDeleting, setDeleting] = useState(false);
  const newWebhookPath = `webhooks/new?${new URLSearchParams({ topic: label.topic })}`;
  return (
    <>
      <header class="head">
        <div>
          <Heading title={label.name} />
          <p class="hint">
            <CopyableId id={label.topic} isFull /> · created <RelativeTime at={label.created} />
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
      {isDeleting && <DeleteLabelDialog label={label} onClose={() => setDeleting(false)} />}
    </>
  );
}
