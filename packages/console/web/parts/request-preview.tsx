import { useEffect, useState } from "preact/hooks";
import { ApiError, callApi, type Delivery } from "../api.ts";
import { formatDuration } from "../format.ts";
import { useResource } from "./resource.tsx";
import { SlackMessage } from "./slack-message.tsx";

interface PreviewResponse {
  readonly topic: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const DEBOUNCE_MS = 250;
const MAX_RECENT_EVENTS = 20;

/** Previews the request while the user types. The last valid preview stays while there is an error. */
export function RequestPreview({
  webhook,
  error,
  id,
  isSlack,
  topics,
}: {
  /** The input of the preview; null while incomplete. */
  readonly webhook: object | null;
  /** Why there is no preview. */
  readonly error: string | null;
  readonly id: string | undefined;
  readonly isSlack: boolean;
  readonly topics: readonly string[];
}) {
  /** A topic, a delivery id or an empty string. */
  const [source, setSource] = useState("");
  const recent = useResource("recent deliveries", () =>
    callApi<{ readonly deliveries: readonly Delivery[] }>(
      "GET",
      `/webhooks/deliveries?limit=${MAX_RECENT_EVENTS}`,
    ),
  );
  const [preview, setPreview] = useState<PreviewResponse | null>(null);
  const [previewError, setPreviewError] = useState<string | null>(null);
  const requestJson = JSON.stringify({
    webhook,
    ...(id === undefined ? {} : { id }),
    ...(source === "" ? {} : source.startsWith("dlv_") ? { delivery: source } : { topic: source }),
  });
  useEffect(() => {
    if (webhook === null) {
      // The error belongs to an earlier input.
      setPreviewError(null);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(() => {
      callApi<PreviewResponse>("POST", "/webhooks/preview", JSON.parse(requestJson)).then(
        (preview) => {
          if (!isCurrent) return;
          setPreview(preview);
          setPreviewError(null);
        },
        (error: unknown) => {
          if (isCurrent) setPreviewError(error instanceof ApiError ? error.message : String(error));
        },
      );
    }, DEBOUNCE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [requestJson, webhook === null]);
  const message = error ?? previewError;
  return (
    <aside class="preview" aria-label="Preview">
      <h2>Preview</h2>
      <p>
        <label>
          Source{" "}
          <select value={source} onChange={({ currentTarget: { value } }) => setSource(value)}>
            <option value="">Example of the first topic</option>
            {topics.length > 0 && (
              <optgroup label="Examples">
                {topics.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </optgroup>
            )}
            {uniqueEvents(recent.value?.deliveries ?? []).length > 0 && (
              <optgroup label="Recent events">
                {uniqueEvents(recent.value?.deliveries ?? []).map(({ heron_id, topic, created }) => (
                  <option key={heron_id} value={heron_id}>
                    {topic}, {formatDuration(Date.now() - Date.parse(created))} ago
                  </option>
                ))}
              </optgroup>
            )}
          </select>
        </label>
      </p>
      {message !== null && (
        <p class="error" role="status">
          {message}
        </p>
      )}
      {preview === null ? (
        message === null && <p class="hint">Enter a URL and a topic to preview the request.</p>
      ) : (
        <div class={message === null ? "" : "stale"}>
          {isSlack && <SlackMessage json={preview.body} />}
          <pre>{formatJson(preview.body)}</pre>
          <details>
            <summary>Headers</summary>
            <pre>
              {Object.entries(preview.headers)
                .map(([name, value]) => `${name}: ${value}`)
                .join("\n")}
            </pre>
          </details>
        </div>
      )}
    </aside>
  );
}

/** One delivery per event. */
function uniqueEvents(deliveries: readonly Delivery[]): readonly Delivery[] {
  const seen = new Set<string>();
  return deliveries.filter(({ event }) => !seen.has(event) && seen.add(event));
}

function formatJson(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
