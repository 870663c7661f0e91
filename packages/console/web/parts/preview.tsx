import { useEffect, useState } from "preact/hooks";
import { ask, Refused } from "../api.ts";

interface Previewed {
  readonly topic: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** So long, in milliseconds, nothing must have been typed. */
const PAUSE = 250;

/** What would be sent, as it is typed. While something is wrong with it, the last that was right stays. */
export function Preview({
  webhook,
  id,
  topics,
}: {
  /** What would be written of it; null while that is not complete. */
  readonly webhook: object | null;
  readonly id: string | undefined;
  readonly topics: readonly string[];
}) {
  const [topic, setTopic] = useState("");
  const [shown, setShown] = useState<Previewed | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const asked = JSON.stringify({
    webhook,
    ...(id === undefined ? {} : { id }),
    ...(topic === "" ? {} : { topic }),
  });
  useEffect(() => {
    if (webhook === null) return;
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
  return (
    <aside class="preview" aria-label="What will be sent">
      <h2>What will be sent</h2>
      {topics.length > 0 && (
        <p>
          <label>
            Example of{" "}
            <select value={topic} onChange={({ currentTarget: { value } }) => setTopic(value)}>
              <option value="">the first that it gets</option>
              {topics.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </p>
      )}
      {wrong !== null && (
        <p class="error" role="status">
          {wrong}
        </p>
      )}
      {shown === null ? (
        <p class="hint">Say where to post to, and when, and the request is shown here.</p>
      ) : (
        <div class={wrong === null ? "" : "stale"}>
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

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
