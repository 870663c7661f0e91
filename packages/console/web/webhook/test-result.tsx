export interface TestResult {
  readonly ok: boolean;
  readonly reason: string | null;
  readonly response_status: number | null;
  readonly response_body: string | null;
  readonly duration_ms: number;
  readonly topic: string;
  readonly body: string | null;
}

export function TestResultView({ result }: { readonly result: TestResult }) {
  const { ok, response_status, reason, response_body, duration_ms, topic, body } = result;
  return (
    <div class={`card test-result ${ok ? "ok" : "dead"}`} role="status">
      <p>
        <b>{ok ? `Delivered: ${response_status}` : `Failed: ${reason}`}</b> in {Math.round(duration_ms)} ms
      </p>
      {response_body !== null && response_body !== "" && <pre>{response_body}</pre>}
      <details>
        <summary>
          Request: example of <code>{topic}</code>
        </summary>
        <pre>{body ?? "The body could not be rendered."}</pre>
      </details>
    </div>
  );
}
