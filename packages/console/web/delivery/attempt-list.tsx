import type { Attempt } from "../api.ts";
import { formatJson } from "../parts/code.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";

const MAX_PREVIEW_LENGTH = 120;

/** Finished attempts, oldest first, and the attempt in flight. */
export function AttemptList({
  attempts,
  isSending,
}: {
  readonly attempts: readonly Attempt[];
  readonly isSending: boolean;
}) {
  if (attempts.length === 0 && !isSending) return <p class="hint">No attempts yet.</p>;
  return (
    <ol class="attempts">
      {attempts.map((attempt) => (
        <AttemptItem key={attempt.number} attempt={attempt} />
      ))}
      {isSending && (
        <li class="wait">
          <p>
            <b>Sending…</b> <span class="hint">waiting for a response</span>
          </p>
        </li>
      )}
    </ol>
  );
}

function AttemptItem({ attempt }: { readonly attempt: Attempt }) {
  const { number, response_status, reason, duration_ms, ended_at, response_text: responseText } = attempt;
  // The first line of JSON is often only a brace.
  const preview = (responseText ?? "").trim().replaceAll(/\s+/g, " ");
  const isShort = preview.length <= MAX_PREVIEW_LENGTH;
  return (
    <li class={reason === null ? "ok" : "dead"}>
      <p>
        <span class="hint">{number}.</span> <b>{formatResponseStatus(attempt)}</b>{" "}
        <span class="hint">
          in {Math.round(duration_ms).toLocaleString("en")} ms, <RelativeTime at={ended_at} />
        </span>
        {reason !== null && reason !== String(response_status) && <span class="reason"> {reason}</span>}
      </p>
      {preview === "" ? (
        responseText !== null &&
        response_status !== 0 &&
        response_status !== null && <p class="hint">Empty response body.</p>
      ) : isShort ? (
        <code class="line">{preview}</code>
      ) : (
        <details>
          <summary>
            <code class="line">{preview.slice(0, MAX_PREVIEW_LENGTH)}…</code>
          </summary>
          <pre>{formatJson(responseText ?? "")}</pre>
        </details>
      )}
    </li>
  );
}

export function formatResponseStatus({ response_status }: Attempt): string {
  return response_status === 0 || response_status === null ? "No response" : String(response_status);
}
