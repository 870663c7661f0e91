import { debug, error, info, notice, setOutput, warning } from "@actions/core";
import { HeronError, type WebhookEvent } from "@heron-webhooks/core";
import { ANNOTATION_PROPERTIES } from "./annotations.ts";
import type { DeliveryResult } from "./deliver.ts";
import type { Inputs } from "./inputs.ts";
import { redact } from "./masks.ts";
import type { Settings } from "./settings.ts";
import { writeSummary } from "./summary.ts";

type OnError = Settings["onError"];

/** The annotation for a failure, by the input `on-error`. */
const ANNOTATE_BY_ON_ERROR: Readonly<Record<OnError, typeof error>> = {
  fail: error,
  warn: warning,
  ignore: notice,
};

/** Writes outputs, an annotation for each failed delivery and the summary. Returns the exit code: 1 if `on-error` is `fail`. */
export function reportResults(
  results: readonly DeliveryResult[],
  event: WebhookEvent,
  { onError, summary }: Settings,
  env: NodeJS.ProcessEnv,
): number {
  const failed = results.filter(({ outcome }) => outcome === "failed");
  for (const { target, attemptCount, durationMs } of results.filter(({ outcome }) => outcome === "delivered"))
    info(
      `${target}: delivered in ${durationMs} ms${attemptCount === 1 ? "" : `, at attempt ${attemptCount}`}`,
    );
  for (const { target, reason, attemptCount } of failed)
    ANNOTATE_BY_ON_ERROR[onError](
      `${target}: ${reason}${attemptCount === 1 ? "" : ` (after ${attemptCount} attempts)`}`,
      ANNOTATION_PROPERTIES,
    );
  setStepOutputs(failed.length === 0, results, event, false);
  if (summary) writeSummary(results, event, env);
  return failed.length > 0 && onError === "fail" ? 1 : 0;
}

/** Writes outputs and a notice with the reason for sending nothing. */
export function reportSkip(reason: string, event?: WebhookEvent): number {
  notice(`Nothing was sent: ${reason}.`, ANNOTATION_PROPERTIES);
  setStepOutputs(true, [], event, true);
  return 0;
}

/** Writes outputs and an annotation for an error before the first attempt. */
export function reportError(thrown: unknown, inputs: Inputs): number {
  const onErrorInput = inputs.getText("on-error").toLowerCase();
  const onError = onErrorInput === "warn" || onErrorInput === "ignore" ? onErrorInput : "fail";
  const reportedError = thrown instanceof Error ? thrown : new Error(String(thrown));
  ANNOTATE_BY_ON_ERROR[onError](
    redact(HeronError.is(reportedError) ? reportedError.message : `Internal error: ${reportedError.message}`),
    ANNOTATION_PROPERTIES,
  );
  debug(redact(reportedError.stack ?? ""));
  setStepOutputs(false, [], undefined, false);
  return onError === "fail" ? 1 : 0;
}

function setStepOutputs(
  ok: boolean,
  results: readonly DeliveryResult[],
  event: WebhookEvent | undefined,
  skipped: boolean,
): void {
  const delivered = results.filter(({ outcome }) => outcome === "delivered").length;
  const outputs = {
    ok,
    attempts: results.reduce((sum, { attemptCount }) => sum + attemptCount, 0),
    delivered,
    failed: results.length - delivered,
    skipped,
    event: event === undefined ? "" : { id: event.id, topic: event.topic, created: event.created },
    results,
  };
  try {
    for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  } catch (thrown) {
    // The deliveries are made; do not fail the step.
    warning(`Failed to write outputs: ${redact(String(thrown))}`, ANNOTATION_PROPERTIES);
  }
}
