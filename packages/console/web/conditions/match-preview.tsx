import { RelativeTime } from "../parts/relative-time.tsx";
import { Link } from "../router.tsx";
import { pluralize } from "../format.ts";
import { type ConditionDraft, isBlank, isComplete, toConditionInputs } from "./condition-draft.ts";
import { type MatchResult, useMatchPreview } from "./use-match-preview.ts";

export interface MatchPreviewProps {
  /** Patterns. */
  readonly topics: readonly string[];
  readonly conditions: readonly ConditionDraft[];
  /** So many of the events that match are listed. */
  readonly maxEvents: number;
}

/** How many of the newest events are meant, as it is typed, and the newest of them. */
export function MatchPreview({ topics, conditions, maxEvents }: MatchPreviewProps) {
  const isReady = topics.length > 0 && conditions.every((draft) => isBlank(draft) || isComplete(draft));
  const { value, failure } = useMatchPreview(topics, isReady ? toConditionInputs(conditions) : null);
  const areInternalTopics = topics.length > 0 && topics.every((topic) => /^(label|webhook)\./.test(topic));
  if (areInternalTopics)
    return (
      <p class="hint">
        Label and webhook events are not counted here. See the label's page.
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
          <p class="hint">Choose topics to see how many recent events match.</p>
        )
      ) : (
        <div class={isReady && failure === null ? "" : "stale"}>
          <MatchCount matched={value} />
          <NewestMatches events={value.events.slice(0, maxEvents)} />
        </div>
      )}
    </div>
  );
}

function MatchCount({ matched: { examined_count, matched_count } }: { readonly matched: MatchResult }) {
  if (examined_count === 0)
    return (
      <>
        <p role="status">
          <b>No recent events.</b>
        </p>
        <p class="hint">
          Matches are counted once events are published.
        </p>
      </>
    );
  return (
    <>
      <p role="status">
        <b>{matched_count.toLocaleString("en")}</b> of the last {pluralize(examined_count, "event")}{" "}
        {matched_count === 1 ? "matches" : "match"}
      </p>
      {matched_count === 0 && (
        <p class="hint">Based on recent events delivered to at least one webhook.</p>
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
