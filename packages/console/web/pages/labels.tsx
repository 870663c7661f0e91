import { callApi } from "../api.ts";
import { ConditionList } from "../conditions/condition-list.tsx";
import { type Label, toLabelPath } from "../labels/label.ts";
import { CopyableId } from "../parts/copyable-id.tsx";
import { Heading } from "../parts/heading.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { Link } from "../router.tsx";

export function LabelsPage() {
  const loaded = useResource("labels", () =>
    callApi<{ readonly labels: readonly Label[] }>("GET", "/labels"),
  );
  return (
    <>
      <header class="head">
        <Heading title="Labels" />
        {loaded.value?.labels.length !== 0 && (
          <Link to="labels/new" class="button primary">
            Create label
          </Link>
        )}
      </header>
      <ResourceView resource={loaded} name="list of labels" placeholder={<Skeleton rows={4} kind="row" />}>
        {({ labels }) => (labels.length === 0 ? <EmptyLabels /> : <LabelList labels={labels} />)}
      </ResourceView>
    </>
  );
}

function EmptyLabels() {
  return (
    <div class="card empty">
      <h2>No labels yet</h2>
      <p>
        A label adds a topic to events that match. Example: label <code>invoice.paid</code> events with{" "}
        <code>data.amount</code> over 100 as <b>big_invoice</b>, then subscribe to{" "}
        <code>label.big_invoice</code>.
      </p>
      <Link to="labels/new" class="button primary">
        Create label
      </Link>
    </div>
  );
}

function LabelList({ labels }: { readonly labels: readonly Label[] }) {
  return (
    <ul class="rows labels">
      {labels.map((label) => (
        <li key={label.name} class="row">
          <span class="what">
            <Link to={toLabelPath(label)}>
              <b>{label.name}</b>
            </Link>
            <span class="hint">{label.description}</span>
          </span>
          <span>
            <CopyableId id={label.topic} isFull />
          </span>
          <span class="what">
            <code>{label.pattern}</code>
            <ConditionList conditions={label.conditions} emptyText="All events" />
          </span>
          <span class="hint">
            <RelativeTime at={label.created} />
          </span>
        </li>
      ))}
    </ul>
  );
}
