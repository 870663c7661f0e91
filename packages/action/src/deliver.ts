import { setTimeout as sleep } from "node:timers/promises";
import { debug, info } from "@actions/core";
import {
  classifyResponse,
  getRetryDelayMs,
  type HttpResponse,
  type Outcome,
} from "@heron-webhooks/core/delivery";
import type { Delivery } from "./deliveries.ts";
import { createExcerpt, escapeCommands } from "./excerpt.ts";
import { redact } from "./masks.ts";
import type { Settings } from "./settings.ts";
import { createTransport, type Transport } from "./transport.ts";

/** The result of a delivery. */
export interface DeliveryResult {
  readonly target: string;
  readonly format: string;
  readonly outcome: "delivered" | "failed";
  /** Of the last response; null without one. */
  readonly responseStatus: number | null;
  readonly attemptCount: number;
  readonly durationMs: number;
  /** Why it failed; null if it was delivered. */
  readonly reason: string | null;
}

/** Makes all deliveries in parallel, with retries. Cancelling the job aborts deliveries in flight. */
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

/** Why the attempt failed, with the server's own text; null if it succeeded. */
function formatReason(outcome: Outcome, response: HttpResponse | Error): string | null {
  if (outcome.kind === "delivered") return null;
  // An error's message can quote a proxy or a certificate.
  const reason = escapeCommands(outcome.reason);
  // A Slack reason already has the code. Redact before truncating: a secret cut in two no longer matches.
  const serverText =
    response instanceof Error || /^answered \d+ /.test(reason) ? "" : createExcerpt(redact(response.body));
  return redact(serverText === "" ? reason : `${reason}: ${serverText}`);
}
