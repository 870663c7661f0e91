import { pluralize } from "../format.ts";
import { RelativeTime } from "../parts/relative-time.tsx";
import { Link } from "../router.tsx";
import { type ConditionDraft, isBlank, isComplete, toConditionInputs } from "./condition-draft.ts";
import { type MatchResult, useMatchPreview } from "./use-match-preview.ts";

export interface MatchPreviewProps {
  /** Topics and patterns. */
  readonly topics: readonly string[];
  readonly conditions: readonly ConditionDraft[];
  readonly maxEvents: number;
}

/** Counts and lists the recent events that match, while the user types. */
export function MatchPreview({ topics, conditions, maxEvents }: MatchPreviewProps) {
  const isReady = topics.length > 0 && conditions.every((draft) => isBlank(draft) || isComplete(draft));
  const { value, failure } = useMatchPreview(topics, isReady ? toConditionInputs(conditions) : null);
  const areInternalTopics = topics.length > 0 && topics.every((topic) => /^(label|webhook)\./.test(topic));
  if (areInternalTopics)
    return <p class="hint">Label and webhook events are not counted here. See the label's page.</p>;
  return (
    <div class="match">
      {failure !== null && (
        <p class="hint" role="status">
          {failure.message}
        </p>
      )}
      {value === null ? (
        failure === null && <p class="hint">Choose topics to see how many recent events match.</p>
      ) : (
        <div class={isReady && failure === null ? "" : "stale"}>
          <MatchCount result={value} />
          <NewestMatches events={value.events.slice(0, maxEvents)} />
        </div>
      )}
    </div>
  );
}

function MatchCount({ result: { examined_count, matched_count } }: { readonly result: MatchResult }) {
  if (examined_count === 0)
    return (
      <>
        <p role="status">
          <b>No recent events.</b>
        </p>
        <p class="hint">Events are counted once they are sent to a webhook.</p>
      </>
    );
  return (
    <>
      <p role="status">
        <b>{matched_count.toLocaleString("en")}</b> of the last {pluralize(examined_count, "event")}{" "}
        {matched_count === 1 ? "matches" : "match"}
      </p>
      {matched_count === 0 && (
        <p class="hint">Based on recent events that were sent to at least one webhook.</p>
      )}
    </>
  );
}

function NewestMatches({ events }: Pick<MatchResult, "events">) {
  if (events.length === 0) return null;
  return (
    <ul class="matched">
      {events.map(({ heron_id, topic, published_at, delivery }) => (
        <li key={heron_id}>
          <Link to={`deliveries/${delivery}`}>
            <code>{topic}</code>
          </Link>{" "}
          <span class="hint">
            <RelativeTime at={published_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
