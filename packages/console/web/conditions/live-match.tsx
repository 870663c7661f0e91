import { When } from "../parts/when.tsx";
import { Link } from "../router.tsx";
import { many } from "../words.ts";
import { type ConditionDraft, isBlank, isWhole, writtenOf } from "./condition-draft.ts";
import { type Matched, useMatching } from "./use-matching.ts";

export interface LiveMatchProps {
  /** Patterns. */
  readonly topics: readonly string[];
  readonly when: readonly ConditionDraft[];
  /** So many of the events that match are listed. */
  readonly most: number;
}

/** How many of the newest events are meant, as it is typed, and the newest of them. */
export function LiveMatch({ topics, when, most }: LiveMatchProps) {
  const isReady = topics.length > 0 && when.every((one) => isBlank(one) || isWhole(one));
  const { value, failure } = useMatching(topics, isReady ? writtenOf(when) : null);
  const isOwn = topics.length > 0 && topics.every((topic) => /^(label|webhook)\./.test(topic));
  if (isOwn)
    return (
      <p class="hint">
        Events of labels and of webhooks themselves are not counted: a label's own page says what it names.
      </p>
    );
  return (
    <div class="match">
      {failure !== null && (
        <p class="hint" role="status">
          {failure.message}
        </p>
      )}
      {value === null ? (
        failure === null && (
          <p class="hint">Name topics, and how many of the newest events match is said here.</p>
        )
      ) : (
        <div class={isReady && failure === null ? "" : "stale"}>
          <Counted matched={value} />
          <Newest events={value.events.slice(0, most)} />
        </div>
      )}
    </div>
  );
}

function Counted({ matched: { looked, matched } }: { readonly matched: Matched }) {
  if (looked === 0)
    return (
      <>
        <p role="status">
          <b>No events to compare with yet.</b>
        </p>
        <p class="hint">
          Looked at are the newest events that some webhook was sent. From the first one on, those that match
          are counted here.
        </p>
      </>
    );
  return (
    <>
      <p role="status">
        <b>{matched.toLocaleString("en")}</b> of the last {many(looked, "event")}{" "}
        {matched === 1 ? "matches" : "match"}
      </p>
      {matched === 0 && (
        <p class="hint">Looked at are events that some webhook was sent: others are not kept.</p>
      )}
    </>
  );
}

function Newest({ events }: Pick<Matched, "events">) {
  if (events.length === 0) return null;
  return (
    <ul class="matched">
      {events.map(({ heron_id, topic, published, delivery }) => (
        <li key={heron_id}>
          <Link to={`deliveries/${delivery}`}>
            <code>{topic}</code>
          </Link>{" "}
          <span class="hint">
            <When at={published} />
          </span>
        </li>
      ))}
    </ul>
  );
}
