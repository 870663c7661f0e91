import { useEffect, useState } from "preact/hooks";
import { ask, type Delivery, Refused } from "../api.ts";
import { span } from "../words.ts";
import { useLoaded } from "./loaded.tsx";
import { SlackMessage } from "./slack.tsx";

interface Previewed {
  readonly topic: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** So long, in milliseconds, nothing must have been typed. */
const PAUSE = 250;
/** Of so many events that happened one may choose. */
const MOST_EVENTS = 20;

/** What would be sent, as it is typed. While something is wrong with it, the last that was right stays. */
export function Preview({
  webhook,
  fault,
  id,
  isSlack,
  topics,
}: {
  /** What would be written of it; null while that is not complete. */
  readonly webhook: object | null;
  /** Why it cannot be said what would be sent. */
  readonly fault: string | null;
  readonly id: string | undefined;
  /** It goes to Slack. */
  readonly isSlack: boolean;
  readonly topics: readonly string[];
}) {
  /** A topic, for its example; a delivery, for its event; or nothing. */
  const [chosen, setChosen] = useState("");
  const happened = useLoaded("happened", () =>
    ask<{ readonly deliveries: readonly Delivery[] }>("GET", `/webhooks/deliveries?limit=${MOST_EVENTS}`),
  );
  const [shown, setShown] = useState<Previewed | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const asked = JSON.stringify({
    webhook,
    ...(id === undefined ? {} : { id }),
    ...(chosen === "" ? {} : chosen.startsWith("dlv_") ? { delivery: chosen } : { topic: chosen }),
  });
  useEffect(() => {
    if (webhook === null) {
      // What was wrong with what was written before is no fault of this.
      setWrong(null);
      return;
    }
    let isWanted = true;
    const timer = setTimeout(() => {
      ask<Previewed>("POST", "/webhooks/preview", JSON.parse(asked)).then(
        (preview) => {
          if (!isWanted) return;
          setShown(preview);
          setWrong(null);
        },
        (error: unknown) => {
          if (isWanted) setWrong(error instanceof Refused ? error.message : String(error));
        },
      );
    }, PAUSE);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [asked, webhook === null]);
  const said = fault ?? wrong;
  return (
    <aside class="preview" aria-label="What will be sent">
      <h2>What will be sent</h2>
      <p>
        <label>
          For{" "}
          <select value={chosen} onChange={({ currentTarget: { value } }) => setChosen(value)}>
            <option value="">an example of the first topic that it gets</option>
            {topics.length > 0 && (
              <optgroup label="Examples">
                {topics.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </optgroup>
            )}
            {eventsIn(happened.value?.deliveries ?? []).length > 0 && (
              <optgroup label="Events that happened">
                {eventsIn(happened.value?.deliveries ?? []).map(({ heron_id, topic, created }) => (
                  <option key={heron_id} value={heron_id}>
                    {topic}, {span(Date.now() - Date.parse(created))} ago
                  </option>
                ))}
              </optgroup>
            )}
          </select>
        </label>
      </p>
      {said !== null && (
        <p class="error" role="status">
          {said}
        </p>
      )}
      {shown === null ? (
        said === null && <p class="hint">Say where to post to, and when, and the request is shown here.</p>
      ) : (
        <div class={said === null ? "" : "stale"}>
          {isSlack && <SlackMessage json={shown.body} />}
          <pre>{pretty(shown.body)}</pre>
          <details>
            <summary>Headers</summary>
            <pre>
              {Object.entries(shown.headers)
                .map(([name, value]) => `${name}: ${value}`)
                .join("\n")}
            </pre>
          </details>
        </div>
      )}
    </aside>
  );
}

/** One delivery of each. */
function eventsIn(deliveries: readonly Delivery[]): readonly Delivery[] {
  const seen = new Set<string>();
  return deliveries.filter(({ event }) => !seen.has(event) && seen.add(event));
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
