import {
  classifyResponse,
  getRetryDelayMs,
  HeronError,
  type HttpResponse,
  type Outcome,
} from "@heron-webhooks/core";
import type { AttemptResult, Claim } from "@heron-webhooks/engine";
import { LookupPostponedError } from "../egress/lookup-error.ts";
import type { AttemptMetrics, Telemetry } from "../telemetry/telemetry.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import type { EndpointHealth } from "./endpoint-health.ts";
import { callHook, type DeadDelivery } from "./hooks.ts";
import type { AttemptRequest, Transport } from "./http-transport.ts";
import type { PreparedWebhook, PreparedWebhookCache } from "./prepared-webhook.ts";
import type { AttemptSettings } from "./settings.ts";

export interface AttempterContext {
  readonly preparedWebhooks: PreparedWebhookCache;
  readonly transport: Transport;
  readonly settings: AttemptSettings;
  readonly telemetry: Telemetry;
  readonly endpointHealth: EndpointHealth;
}

/** An attempt, and what it came to. Times are in milliseconds since 1970. */
interface FinishedAttempt {
  readonly response: HttpResponse | Error;
  readonly outcome: Outcome;
  /** It was let through after a circuit. */
  readonly isProbe: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** How long a delivery waits that could not even be attempted, in milliseconds: its webhook could not be read. */
const UNREADABLE_RETRY_MS = 5000;

/** How long a delivery waits whose receiver's name could not be looked up yet, in milliseconds; up to twice as long. */
const LOOKUP_RETRY_MS = 1000;

const TO_HERON = { format: "heron" } as const;
const TO_SLACK = { format: "slack" } as const;

/** Renders, signs and attempts one delivery after the other, and says what follows from each. */
export class Attempter {
  readonly #context: AttempterContext;

  constructor(context: AttempterContext) {
    this.#context = context;
  }

  /** The work of a claim. Never rejects: what cannot be done is handed back. */
  readonly attempt = async (claim: Claim, signal: AbortSignal): Promise<AttemptResult> => {
    const { preparedWebhooks, settings, transport } = this.#context;
    const { lease } = claim;
    try {
      // First: one whose webhook cannot be read would else be tried without end.
      if (claim.ageMs > settings.expireAfterMs) {
        await this.reportDead(claim, "expired");
        return { lease, completion: { state: "dead", reason: "expired" }, attempt: null };
      }
      const webhook =
        preparedWebhooks.get(claim.webhook, claim.version) ?? (await preparedWebhooks.load(claim.webhook));
      if (webhook === null)
        return { lease, completion: { state: "dead", reason: "the webhook was removed" }, attempt: null };
      const attemptTelemetry = this.#context.telemetry.startAttempt(claim, webhook.origin);
      const startedAt = settings.clock.now();
      const request = buildRequest(claim, webhook, startedAt);
      // One await, and no function around it that is async itself: each would cost every delivery.
      const response =
        request instanceof Error
          ? request
          : await (attemptTelemetry === null
              ? transport.attempt(request)
              : attemptTelemetry.run(() => transport.attempt(request)));
      if (response instanceof LookupPostponedError) {
        attemptTelemetry?.postpone();
        return { lease, completion: { state: "retry", delayMs: this.#getLookupRetryMs() }, attempt: null };
      }
      const finished = this.#finish(claim, webhook, response, startedAt);
      attemptTelemetry?.end(toAttemptMetrics(claim, webhook, finished));
      if (signal.aborted && response instanceof Error)
        return { lease, completion: { state: "release" }, attempt: null };
      // What could not even be rendered says nothing of its receiver.
      const healthUpdate =
        request instanceof Error ? null : this.#context.endpointHealth.recordAttempt(finished, webhook);
      if (healthUpdate !== null) await this.#awaitHealthUpdate(healthUpdate, claim);
      return this.#toResult(claim, webhook, finished);
    } catch (error) {
      if (HeronError.is(error, "secret_unavailable"))
        await this.#context.endpointHealth.pauseUnreadable(claim, error);
      else
        settings.logger.error(
          { err: error, delivery: claim.delivery },
          "heron-webhooks: a delivery could not be attempted",
        );
      return { lease, completion: { state: "retry", delayMs: UNREADABLE_RETRY_MS }, attempt: null };
    }
  };

  /** Tells of a delivery that is dead, whoever buried it. Never rejects: a webhook that cannot be read is told of as null. */
  readonly reportDead = async (delivery: DeadDelivery, reason: string): Promise<void> => {
    const { preparedWebhooks } = this.#context;
    const prepared =
      preparedWebhooks.get(delivery.webhook, 0) ??
      (await preparedWebhooks.load(delivery.webhook).catch(() => null));
    this.#notifyDead(delivery, reason, prepared?.webhook ?? null);
  };

  #getLookupRetryMs(): number {
    return Math.round(LOOKUP_RETRY_MS * (1 + this.#context.settings.random()));
  }

  #finish(
    { isProbe }: Claim,
    { record }: PreparedWebhook,
    response: HttpResponse | Error,
    startedAt: number,
  ): FinishedAttempt {
    const outcome = classifyResponse(response, record.format === "heron" ? TO_HERON : TO_SLACK);
    return { response, outcome, isProbe, startedAt, endedAt: this.#context.settings.clock.now() };
  }

  /** Whatever becomes of that, the attempt was made: one that arrived must not be made again for it. */
  async #awaitHealthUpdate(healthUpdate: Promise<void>, { webhook }: Claim): Promise<void> {
    await healthUpdate.catch((err: unknown) =>
      this.#context.settings.logger.error(
        { err, webhook },
        "heron-webhooks: what follows for a webhook could not be written down",
      ),
    );
  }

  #toResult(
    claim: Claim,
    webhook: PreparedWebhook,
    { response, outcome, startedAt, endedAt }: FinishedAttempt,
  ): AttemptResult {
    const { settings, telemetry } = this.#context;
    const isDelivered = outcome.kind === "delivered";
    const attempt = {
      responseStatus: getStatus(response),
      durationMs: endedAt - startedAt,
      reason: isDelivered ? null : outcome.reason,
      responseBody: response instanceof Error || isDelivered ? null : response.body,
    };
    const delayMs = isDelivered
      ? null
      : getRetryDelayMs(settings.retryPolicy, claim.retries + 1, outcome, settings.random);
    if (settings.hooks.onAttempt !== undefined)
      callHook(settings, (hooks) =>
        hooks.onAttempt?.({ ...attempt, outcome: outcome.kind, retryInMs: delayMs }, claim, webhook.webhook),
      );
    if (outcome.kind === "delivered") {
      telemetry.recordFinished("delivered", claim.topic);
      return { lease: claim.lease, completion: { state: "delivered" }, attempt };
    }
    if (delayMs !== null) return { lease: claim.lease, completion: { state: "retry", delayMs }, attempt };
    this.#notifyDead({ ...claim, attemptCount: claim.attemptCount + 1 }, outcome.reason, webhook.webhook);
    return { lease: claim.lease, completion: { state: "dead", reason: outcome.reason }, attempt };
  }

  #notifyDead(delivery: DeadDelivery, reason: string, webhook: Webhook | null): void {
    const { settings, telemetry } = this.#context;
    telemetry.recordFinished("dead", delivery.topic);
    callHook(settings, (hooks) => hooks.onDead?.(reason, delivery, webhook));
  }
}

function toAttemptMetrics(
  { ageMs, topic }: Claim,
  { record }: PreparedWebhook,
  { response, outcome, startedAt, endedAt }: FinishedAttempt,
): AttemptMetrics {
  return {
    outcome,
    responseStatus: getStatus(response),
    durationMs: endedAt - startedAt,
    ageMs,
    format: record.format,
    topic,
  };
}

/** The request, or why there can be none. */
function buildRequest(claim: Claim, webhook: PreparedWebhook, now: number): AttemptRequest | Error {
  try {
    return webhook.buildRequest(claim, now);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function getStatus(response: HttpResponse | Error): number | null {
  return response instanceof Error ? null : response.status;
}
