import { type Answer, classify, HeronError, nextDelay, type Outcome } from "@heron-webhooks/core";
import type { Claim, Settlement } from "@heron-webhooks/engine";
import { LookupPostponedError } from "../egress/lookup-error.ts";
import type { Attempted, Telemetry } from "../telemetry/telemetry.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import type { AttemptRequest, Transport } from "./attempt.ts";
import { callHook, type DeadDelivery } from "./hooks.ts";
import type { OutgoingWebhooks, ReadyWebhook } from "./outgoing.ts";
import type { AttemptSettings } from "./settings.ts";
import type { Standing } from "./standing.ts";

export interface WorkerContext {
  readonly webhooks: OutgoingWebhooks;
  readonly transport: Transport;
  readonly settings: AttemptSettings;
  readonly telemetry: Telemetry;
  readonly standing: Standing;
}

/** An attempt, and what it came to. Times are in milliseconds since 1970. */
interface Made {
  readonly answer: Answer | Error;
  readonly outcome: Outcome;
  /** It was let through after a circuit. */
  readonly probe: boolean;
  readonly began: number;
  readonly ended: number;
}

/** How long a delivery waits that could not even be attempted, in milliseconds: its webhook could not be read. */
const UNREADABLE = 5000;

/** How long a delivery waits whose receiver's name could not be looked up yet, in milliseconds; up to twice as long. */
const POSTPONED_MS = 1000;

const TO_HERON = { format: "heron" } as const;
const TO_SLACK = { format: "slack" } as const;

/** Renders, signs and attempts one delivery after the other, and says what follows from each. */
export class Worker {
  readonly #context: WorkerContext;

  constructor(context: WorkerContext) {
    this.#context = context;
  }

  /** The work of a claim. Never rejects: what cannot be done is handed back. */
  readonly work = async (claim: Claim, signal: AbortSignal): Promise<Settlement> => {
    const { webhooks, settings, transport } = this.#context;
    const { lease } = claim;
    try {
      // First: one whose webhook cannot be read would else be tried without end.
      if (claim.ageMs > settings.expireMs) {
        await this.buried(claim, "expired");
        return { lease, settled: { state: "dead", reason: "expired" }, attempt: null };
      }
      const webhook = webhooks.atHand(claim.webhook, claim.version) ?? (await webhooks.load(claim.webhook));
      if (webhook === null)
        return { lease, settled: { state: "dead", reason: "the webhook was removed" }, attempt: null };
      const told = this.#context.telemetry.attempt(claim, webhook.origin);
      const began = settings.clock.now();
      const request = requestOf(claim, webhook, began);
      // One await, and no function around it that is async itself: each would cost every delivery.
      const answer =
        request instanceof Error
          ? request
          : await (told === null ? transport.attempt(request) : told.make(() => transport.attempt(request)));
      if (answer instanceof LookupPostponedError) {
        told?.postponed();
        return { lease, settled: { state: "retry", delayMs: this.#postponedMs() }, attempt: null };
      }
      const made = this.#made(claim, webhook, answer, began);
      told?.ended(toTell(claim, webhook, made));
      if (signal.aborted && answer instanceof Error)
        return { lease, settled: { state: "release" }, attempt: null };
      // What could not even be rendered says nothing of its receiver.
      const heeded = request instanceof Error ? null : this.#context.standing.after(made, webhook);
      if (heeded !== null) await this.#heeded(heeded, claim);
      return this.#settle(claim, webhook, made);
    } catch (error) {
      if (HeronError.is(error, "secret_unavailable")) await this.#context.standing.unreadable(claim, error);
      else
        settings.logger.error(
          { err: error, delivery: claim.delivery },
          "heron-webhooks: a delivery could not be attempted",
        );
      return { lease, settled: { state: "retry", delayMs: UNREADABLE }, attempt: null };
    }
  };

  /** Tells of a delivery that is dead, whoever buried it. Never rejects: a webhook that cannot be read is told of as null. */
  readonly buried = async (delivery: DeadDelivery, reason: string): Promise<void> => {
    const { webhooks } = this.#context;
    const ready =
      webhooks.atHand(delivery.webhook, 0) ?? (await webhooks.load(delivery.webhook).catch(() => null));
    this.#tellDead(delivery, reason, ready?.webhook ?? null);
  };

  #postponedMs(): number {
    return Math.round(POSTPONED_MS * (1 + this.#context.settings.random()));
  }

  #made({ probe }: Claim, { record }: ReadyWebhook, answer: Answer | Error, began: number): Made {
    const outcome = classify(answer, record.format === "heron" ? TO_HERON : TO_SLACK);
    return { answer, outcome, probe, began, ended: this.#context.settings.clock.now() };
  }

  /** Whatever becomes of that, the attempt was made: one that arrived must not be made again for it. */
  async #heeded(heeded: Promise<void>, { webhook }: Claim): Promise<void> {
    await heeded.catch((err: unknown) =>
      this.#context.settings.logger.error(
        { err, webhook },
        "heron-webhooks: what follows for a webhook could not be written down",
      ),
    );
  }

  #settle(claim: Claim, webhook: ReadyWebhook, { answer, outcome, began, ended }: Made): Settlement {
    const { settings, telemetry } = this.#context;
    const delivered = outcome.kind === "delivered";
    const attempt = {
      status: statusOf(answer),
      ms: ended - began,
      reason: delivered ? null : outcome.reason,
      answer: answer instanceof Error || delivered ? null : answer.body,
    };
    const delayMs = delivered
      ? null
      : nextDelay(settings.schedule, claim.tried + 1, outcome, settings.random);
    if (settings.hooks.attempt !== undefined)
      callHook(settings, (hooks) =>
        hooks.attempt?.({ ...attempt, outcome: outcome.kind, retryIn: delayMs }, claim, webhook.webhook),
      );
    if (outcome.kind === "delivered") {
      telemetry.settled("delivered", claim.topic);
      return { lease: claim.lease, settled: { state: "delivered" }, attempt };
    }
    if (delayMs !== null) return { lease: claim.lease, settled: { state: "retry", delayMs }, attempt };
    this.#tellDead({ ...claim, attempts: claim.attempts + 1 }, outcome.reason, webhook.webhook);
    return { lease: claim.lease, settled: { state: "dead", reason: outcome.reason }, attempt };
  }

  #tellDead(delivery: DeadDelivery, reason: string, webhook: Webhook | null): void {
    const { settings, telemetry } = this.#context;
    telemetry.settled("dead", delivery.topic);
    callHook(settings, (hooks) => hooks.dead?.(reason, delivery, webhook));
  }
}

function toTell(
  { ageMs, topic }: Claim,
  { record }: ReadyWebhook,
  { answer, outcome, began, ended }: Made,
): Attempted {
  return { outcome, status: statusOf(answer), ms: ended - began, ageMs, format: record.format, topic };
}

/** The request, or why there can be none. */
function requestOf(claim: Claim, webhook: ReadyWebhook, now: number): AttemptRequest | Error {
  try {
    return webhook.request(claim, now);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function statusOf(answer: Answer | Error): number | null {
  return answer instanceof Error ? null : answer.status;
}
