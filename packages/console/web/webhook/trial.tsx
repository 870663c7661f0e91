/** What came of a test. */
export interface Trial {
  readonly ok: boolean;
  readonly reason: string | null;
  readonly status: number | null;
  readonly answer: string | null;
  readonly ms: number;
  readonly topic: string;
  readonly body: string | null;
}

export function TrialResult({ trial }: { readonly trial: Trial }) {
  const { ok, status, reason, answer, ms, topic, body } = trial;
  return (
    <div class={`card trial ${ok ? "ok" : "dead"}`} role="status">
      <p>
        <b>{ok ? `The receiver took it: ${status}` : `It would not have been delivered: ${reason}`}</b> in{" "}
        {Math.round(ms)} ms
      </p>
      {answer !== null && answer !== "" && <pre>{answer}</pre>}
      <details>
        <summary>
          What was sent, an example of <code>{topic}</code>
        </summary>
        <pre>{body ?? "Its body could not be made."}</pre>
      </details>
    </div>
  );
}
