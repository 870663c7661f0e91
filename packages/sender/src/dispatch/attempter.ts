import { HeronError } from "@heron-webhooks/core";
import {
  classifyResponse,
  getRetryDelayMs,
  type HttpResponse,
  type Outcome,
} from "@heron-webhooks/core/delivery";
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

/** A finished attempt. Times are in milliseconds since 1970. */
interface FinishedAttempt {
  readonly response: HttpResponse | Error;
  readonly outcome: Outcome;
  /** The attempt is the trial of a half-open circuit. */
  readonly isProbe: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Retry delay of a delivery whose webhook could not be read, in milliseconds. */
const UNREADABLE_RETRY_MS = 5000;

/** Retry delay of a delivery whose DNS look-up was postponed, in milliseconds, plus up to as much again. */
const LOOKUP_RETRY_MS = 1000;

const TO_HERON = { format: "heron" } as const;
const TO_SLACK = { format: "slack" } as const;

/** Renders, signs and attempts deliveries, and decides how they continue. */
export class Attempter {
  readonly #context: AttempterContext;

  constructor(context: AttempterContext) {
    this.#context = context;
  }

  /** Attempts a claim. Never rejects: on an internal error the delivery is retried. */
  readonly attempt = async (claim: Claim, signal: AbortSignal): Promise<AttemptResult> => {
    const { preparedWebhooks, settings, transport } = this.#context;
    const { lease } = claim;
    try {
      // Checked first, or a delivery whose webhook cannot be read would be retried without end.
      if (claim.ageMs > settings.expireAfterMs) {
        await this.reportDead(claim, "expired");
        return { lease, completion: { state: "dead", reason: "expired" }, attempt: null };
      }
      const webhook =
        preparedWebhooks.get(claim.webhook, claim.version) ?? (await preparedWebhooks.load(claim.webhook));
      if (webhook === null)
        return { lease, completion: { state: "dead", reason: "the webhook was deleted" }, attempt: null };
      const attemptTelemetry = this.#context.telemetry.startAttempt(claim, webhook.origin);
      const startedAt = settings.clock.now();
      const request = buildRequest(claim, webhook, startedAt);
      // A single await without an async wrapper: each would cost every delivery.
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
      // A request that could not be built says nothing about the receiver.
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
          "heron-webhooks: delivery could not be attempted; retrying",
        );
      return { lease, completion: { state: "retry", delayMs: UNREADABLE_RETRY_MS }, attempt: null };
    }
  };

  /** Reports a dead delivery to the hooks. Never rejects: a webhook that cannot be read is reported as null. */
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

  /** A failed update does not change the attempt's result: a delivered request must not be repeated. */
  async #awaitHealthUpdate(healthUpdate: Promise<void>, { webhook }: Claim): Promise<void> {
    await healthUpdate.catch((err: unknown) =>
      this.#context.settings.logger.error(
        { err, webhook },
        "heron-webhooks: failed to update webhook health",
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

/** Returns the request, or the error that prevented it. */
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
