import { callApi } from "../api.ts";
import { ConditionList } from "../conditions/condition-list.tsx";
import { type Label, toLabelPath } from "../labels/label.ts";
import { Heading } from "../parts/heading.tsx";
import { CopyableId } from "../parts/copyable-id.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import { Link } from "../router.tsx";

/** All of the account's labels. */
export function LabelsPage() {
  const loaded = useResource("labels", () => callApi<{ readonly labels: readonly Label[] }>("GET", "/labels"));
  return (
    <>
      <header class="head">
        <Heading title="Labels" />
        {loaded.value?.labels.length !== 0 && (
          <Link to="labels/new" class="button primary">
            Make label
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
        A label is a name for events that are alike. Say that <b>big_invoice</b> is each{" "}
        <code>invoice.paid</code> whose <code>data.amount</code> is more than 100: from then on each such
        event is a <code>label.big_invoice</code> too, and any webhook may ask for that.
      </p>
      <Link to="labels/new" class="button primary">
        Make label
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
            <CopyableId id={label.topic} isWhole />
          </span>
          <span class="what">
            <code>{label.pattern}</code>
            <ConditionList when={label.conditions} none="Whatever is in it" />
          </span>
          <span class="hint">
            <RelativeTime at={label.created} />
          </span>
        </li>
      ))}
    </ul>
  );
}
