/** What came of a test. */
export interface TestResult {
  readonly ok: boolean;
  readonly reason: string | null;
  readonly response_status: number | null;
  readonly response_body: string | null;
  readonly duration_ms: number;
  readonly topic: string;
  readonly body: string | null;
}

export function TestResultView({ trial: result }: { readonly trial: TestResult }) {
  const { ok, response_status, reason, response_body, duration_ms, topic, body } = result;
  return (
    <div class={`card trial ${ok ? "ok" : "dead"}`} role="status">
      <p>
        <b>{ok ? `The receiver took it: ${response_status}` : `It would not have been delivered: ${reason}`}</b> in{" "}
        {Math.round(duration_ms)} ms
      </p>
      {response_body !== null && response_body !== "" && <pre>{response_body}</pre>}
      <details>
        <summary>
          What was sent, an example of <code>{topic}</code>
        </summary>
        <pre>{body ?? "The body could not be rendered."}</pre>
      </details>
    </div>
  );
}
