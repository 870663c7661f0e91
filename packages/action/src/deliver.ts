import { setTimeout as sleep } from "node:timers/promises";
import { debug, info } from "@actions/core";
import { type Answer, classify, nextDelay, type Outcome } from "@heron-webhooks/core";
import type { Delivery } from "./deliveries.ts";
import { excerpt, inert } from "./excerpt.ts";
import { redacted } from "./masks.ts";
import type { Settings } from "./settings.ts";
import { createTransport, type Transport } from "./transport.ts";

/** What became of a delivery. */
export interface Result {
  readonly target: string;
  readonly format: string;
  readonly outcome: "delivered" | "failed";
  /** Of the last answer; null if there was none. */
  readonly status: number | null;
  readonly attempts: number;
  readonly ms: number;
  /** Why it failed; null if it did not. */
  readonly reason: string | null;
}

/** Makes all deliveries at once, each with its retries. A cancelled job ends what is under way. */
export async function deliver(
  deliveries: readonly Delivery[],
  settings: Settings,
  env: NodeJS.ProcessEnv,
): Promise<readonly Result[]> {
  const transport = createTransport(settings.tls, settings.timeout, env);
  const cancelled = new AbortController();
  const cancel = (): void => cancelled.abort();
  process.once("SIGINT", cancel);
  process.once("SIGTERM", cancel);
  try {
    return await Promise.all(
      deliveries.map((delivery) => deliverOne(delivery, settings, transport, cancelled.signal)),
    );
  } finally {
    process.off("SIGINT", cancel);
    process.off("SIGTERM", cancel);
  }
}

async function deliverOne(
  { target, request }: Delivery,
  { schedule }: Settings,
  transport: Transport,
  signal: AbortSignal,
): Promise<Result> {
  const began = performance.now();
  const format = target.format === "heron" ? "heron" : "slack";
  for (let attempts = 1; ; attempts++) {
    const answer = await transport(request(), signal);
    const outcome = classify(answer, { format, retry: "transient" });
    const wait = signal.aborted ? null : nextDelay(schedule, attempts, outcome, Math.random);
    const reason = reasonOf(outcome, answer);
    debug(`${target.label}: attempt ${attempts}: ${reason ?? "delivered"}`);
    if (wait !== null) {
      info(`${target.label}: ${reason}; again in ${(wait / 1000).toFixed(1)} s`);
      await sleep(wait, undefined, { signal }).catch(() => {});
      if (!signal.aborted) continue;
    }
    return {
      target: target.label,
      format: target.format,
      outcome: reason === null ? "delivered" : "failed",
      status: answer instanceof Error ? null : answer.status,
      attempts,
      ms: Math.round(performance.now() - began),
      reason: signal.aborted && reason !== null ? `${reason}; the job was cancelled` : reason,
    };
  }
}

/** Why it was not delivered, with what the server says itself; null if it was. */
function reasonOf(outcome: Outcome, answer: Answer | Error): string | null {
  if (outcome.kind === "delivered") return null;
  // The message of an error holds what a proxy or a certificate says.
  const reason = inert(outcome.reason);
  // Slack's code is in the reason already. Redacted first: what is cut or mended is not found any more.
  const said = answer instanceof Error || /^answered \d+ /.test(reason) ? "" : excerpt(redacted(answer.body));
  return redacted(said === "" ? reason : `${reason}: ${said}`);
}
