import { debug, error, info, notice, setOutput, warning } from "@actions/core";
import { HeronError, type WebhookEvent } from "@heron-webhooks/core";
import { TITLED } from "./annotations.ts";
import type { Result } from "./deliver.ts";
import type { Inputs } from "./inputs.ts";
import { redacted } from "./masks.ts";
import type { Settings } from "./settings.ts";
import { writeSummary } from "./summary.ts";

type OnError = Settings["onError"];

/** How loudly a failure is told, and what it does to the step. */
const LOUDNESS: Readonly<Record<OnError, typeof error>> = { fail: error, warn: warning, ignore: notice };

/** Outputs, an annotation for each delivery that failed, and the summary. The exit code is 1 if one did and that matters. */
export function reportResults(
  results: readonly Result[],
  event: WebhookEvent,
  { onError, summary }: Settings,
  env: NodeJS.ProcessEnv,
): number {
  const failed = results.filter(({ outcome }) => outcome === "failed");
  for (const { target, attempts, ms } of results.filter(({ outcome }) => outcome === "delivered"))
    info(`${target}: delivered in ${ms} ms${attempts === 1 ? "" : `, at attempt ${attempts}`}`);
  for (const { target, reason, attempts } of failed)
    LOUDNESS[onError](`${target}: ${reason}${attempts === 1 ? "" : ` (after ${attempts} attempts)`}`, TITLED);
  setOutputs(failed.length === 0, results, event, false);
  if (summary) writeSummary(results, event, env);
  return failed.length > 0 && onError === "fail" ? 1 : 0;
}

/** Outputs and a notice of why nothing was sent. */
export function reportSkip(why: string, event?: WebhookEvent): number {
  notice(`Nothing was sent: ${why}.`, TITLED);
  setOutputs(true, [], event, true);
  return 0;
}

/** Outputs and an annotation of why nothing could be sent. */
export function reportTrouble(trouble: unknown, inputs: Inputs): number {
  const asked = inputs.text("on-error").toLowerCase();
  const onError = asked === "warn" || asked === "ignore" ? asked : "fail";
  const told = trouble instanceof Error ? trouble : new Error(String(trouble));
  LOUDNESS[onError](
    redacted(HeronError.is(told) ? told.message : `A fault of the action's own: ${told.message}`),
    TITLED,
  );
  debug(redacted(told.stack ?? ""));
  setOutputs(false, [], undefined, false);
  return onError === "fail" ? 1 : 0;
}

function setOutputs(
  ok: boolean,
  results: readonly Result[],
  event: WebhookEvent | undefined,
  skipped: boolean,
): void {
  const delivered = results.filter(({ outcome }) => outcome === "delivered").length;
  const outputs = {
    ok,
    attempts: results.reduce((sum, { attempts }) => sum + attempts, 0),
    delivered,
    failed: results.length - delivered,
    skipped,
    event: event === undefined ? "" : { id: event.id, topic: event.topic, created: event.created },
    results,
  };
  try {
    for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  } catch (trouble) {
    // What was delivered stays delivered.
    warning(`The step's outputs could not be written: ${redacted(String(trouble))}`, TITLED);
  }
}
