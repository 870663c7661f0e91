import { setTimeout as sleep } from "node:timers/promises";
import { debug, info } from "@actions/core";
import { classifyResponse, getRetryDelayMs, type HttpResponse, type Outcome } from "@heron-webhooks/core";
import type { Delivery } from "./deliveries.ts";
import { createExcerpt, escapeCommands } from "./excerpt.ts";
import { redact } from "./masks.ts";
import type { Settings } from "./settings.ts";
import { createTransport, type Transport } from "./transport.ts";

/** What became of a delivery. */
export interface DeliveryResult {
  readonly target: string;
  readonly format: string;
  readonly outcome: "delivered" | "failed";
  /** Of the last answer; null if there was none. */
  readonly responseStatus: number | null;
  readonly attemptCount: number;
  readonly durationMs: number;
  /** Why it failed; null if it did not. */
  readonly reason: string | null;
}

/** Makes all deliveries at once, each with its retries. A cancelled job ends what is under way. */
export async function deliver(
  deliveries: readonly Delivery[],
  settings: Settings,
  env: NodeJS.ProcessEnv,
): Promise<readonly DeliveryResult[]> {
  const transport = createTransport(settings.tls, settings.timeoutMs, env);
  const cancellation = new AbortController();
  const cancel = (): void => cancellation.abort();
  process.once("SIGINT", cancel);
  process.once("SIGTERM", cancel);
  try {
    return await Promise.all(
      deliveries.map((delivery) => attemptDelivery(delivery, settings, transport, cancellation.signal)),
    );
  } finally {
    process.off("SIGINT", cancel);
    process.off("SIGTERM", cancel);
  }
}

async function attemptDelivery(
  { target, buildRequest }: Delivery,
  { retry }: Settings,
  transport: Transport,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const startedAt = performance.now();
  const format = target.format === "heron" ? "heron" : "slack";
  for (let attemptCount = 1; ; attemptCount++) {
    const response = await transport(buildRequest(), signal);
    const outcome = classifyResponse(response, { format, retry: "transient" });
    const delayMs = signal.aborted ? null : getRetryDelayMs(retry, attemptCount, outcome, Math.random);
    const reason = formatReason(outcome, response);
    debug(`${target.label}: attempt ${attemptCount}: ${reason ?? "delivered"}`);
    if (delayMs !== null) {
      info(`${target.label}: ${reason}; again in ${(delayMs / 1000).toFixed(1)} s`);
      await sleep(delayMs, undefined, { signal }).catch(() => {});
      if (!signal.aborted) continue;
    }
    return {
      target: target.label,
      format: target.format,
      outcome: reason === null ? "delivered" : "failed",
      responseStatus: response instanceof Error ? null : response.status,
      attemptCount,
      durationMs: Math.round(performance.now() - startedAt),
      reason: signal.aborted && reason !== null ? `${reason}; the job was cancelled` : reason,
    };
  }
}

/** Why it was not delivered, with what the server says itself; null if it was. */
function formatReason(outcome: Outcome, response: HttpResponse | Error): string | null {
  if (outcome.kind === "delivered") return null;
  // The message of an error holds what a proxy or a certificate says.
  const reason = escapeCommands(outcome.reason);
  // Slack's code is in the reason already. Redacted first: what is cut or mended is not found any more.
  const serverText =
    response instanceof Error || /^answered \d+ /.test(reason) ? "" : createExcerpt(redact(response.body));
  return redact(serverText === "" ? reason : `${reason}: ${serverText}`);
}
