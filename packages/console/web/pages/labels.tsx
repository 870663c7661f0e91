import { ask } from "../api.ts";
import { ConditionWords } from "../conditions/words.tsx";
import { type Label, pathOf } from "../labels/label.ts";
import { Heading } from "../parts/heading.tsx";
import { Id } from "../parts/id.tsx";
import { Show, Skeleton, useLoaded } from "../parts/loaded.tsx";
import { When } from "../parts/when.tsx";
import { Link } from "../router.tsx";

/** All of the account's labels. */
export function Labels() {
  const loaded = useLoaded("labels", () => ask<{ readonly labels: readonly Label[] }>("GET", "/labels"));
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
      <Show of={loaded} what="list of labels" outline={<Skeleton rows={4} kind="row" />}>
        {({ labels }) => (labels.length === 0 ? <None /> : <List labels={labels} />)}
      </Show>
    </>
  );
}

function None() {
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

function List({ labels }: { readonly labels: readonly Label[] }) {
  return (
    <ul class="rows labels">
      {labels.map((label) => (
        <li key={label.name} class="row">
          <span class="what">
            <Link to={pathOf(label)}>
              <b>{label.name}</b>
            </Link>
            <span class="hint">{label.description}</span>
          </span>
          <span>
            <Id id={label.topic} isWhole />
          </span>
          <span class="what">
            <code>{label.pattern}</code>
            <ConditionWords when={label.when} none="Whatever is in it" />
          </span>
          <span class="hint">
            <When at={label.created} />
          </span>
        </li>
      ))}
    </ul>
  );
}
