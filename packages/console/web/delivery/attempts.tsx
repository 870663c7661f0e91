import type { Attempt } from "../api.ts";
import { pretty } from "../parts/code.tsx";
import { When } from "../parts/when.tsx";

/** Of an answer, so much is there at once. */
const LONGEST_LINE = 120;

/** Every attempt that has ended, the first first; and the one that is under way. */
export function Attempts({
  attempts,
  isSending,
}: {
  readonly attempts: readonly Attempt[];
  readonly isSending: boolean;
}) {
  if (attempts.length === 0 && !isSending)
    return <p class="hint">None has ended yet, or they are kept no more.</p>;
  return (
    <ol class="attempts">
      {attempts.map((attempt) => (
        <Made key={attempt.number} attempt={attempt} />
      ))}
      {isSending && (
        <li class="wait">
          <p>
            <b>Sending…</b> <span class="hint">the answer appears here</span>
          </p>
        </li>
      )}
    </ol>
  );
}

function Made({ attempt }: { readonly attempt: Attempt }) {
  const { number, http_status: status, reason, ms, at, response_text: text } = attempt;
  // JSON often has nothing but a brace on its first line.
  const line = (text ?? "").trim().replaceAll(/\s+/g, " ");
  const isShort = line.length <= LONGEST_LINE;
  return (
    <li class={reason === null ? "ok" : "dead"}>
      <p>
        <span class="hint">{number}.</span> <b>{answerOf(attempt)}</b>{" "}
        <span class="hint">
          in {Math.round(ms).toLocaleString("en")} ms, <When at={at} />
        </span>
        {reason !== null && reason !== String(status) && <span class="reason"> {reason}</span>}
      </p>
      {line === "" ? (
        text !== null && status !== 0 && status !== null && <p class="hint">The answer had no body.</p>
      ) : isShort ? (
        <code class="line">{line}</code>
      ) : (
        <details>
          <summary>
            <code class="line">{line.slice(0, LONGEST_LINE)}…</code>
          </summary>
          <pre>{pretty(text ?? "")}</pre>
        </details>
      )}
    </li>
  );
}

/** What an attempt is called by. */
export function answerOf({ http_status: status }: Attempt): string {
  return status === 0 || status === null ? "No answer" : String(status);
}
