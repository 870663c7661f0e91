import { type Answer, classify, nextDelay, type Outcome } from "@heron-webhooks/core";
import type { Claim, Settlement } from "../store/store.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { AttemptRequest, Transport } from "./attempt.ts";
import { callHook } from "./hooks.ts";
import type { OutgoingWebhooks, ReadyWebhook } from "./outgoing.ts";
import type { EngineSettings } from "./settings.ts";
import type { Standing } from "./standing.ts";

export interface WorkerContext {
  readonly webhooks: OutgoingWebhooks;
  readonly transport: Transport;
  readonly settings: EngineSettings;
  readonly telemetry: Telemetry;
  readonly standing: Standing;
}

/** An attempt, and what it came to. Times are in milliseconds since 1970. */
interface Made {
  readonly answer: Answer | Error;
  readonly outcome: Outcome;
  readonly began: number;
  readonly ended: number;
}

/** How long a delivery waits that could not even be attempted, in milliseconds: its webhook could not be read. */
const UNREADABLE = 5000;

/** Renders, signs and attempts one delivery after the other, and says what follows from each. */
export class Worker {
  readonly #context: WorkerContext;

  constructor(context: WorkerContext) {
    this.#context = context;
  }

  /** The work of a claim. Never rejects: what cannot be done is handed back. */
  readonly work = async (claim: Claim, signal: AbortSignal): Promise<Settlement> => {
    try {
      return await this.#deliver(claim, signal);
    } catch (error) {
      this.#context.settings.logger.error(
        { err: error, delivery: claim.delivery },
        "heron-webhooks: a delivery could not be attempted",
      );
      return { lease: claim.lease, settled: { state: "retry", delayMs: UNREADABLE }, attempt: null };
    }
  };

  async #deliver(claim: Claim, signal: AbortSignal): Promise<Settlement> {
    const { webhooks, settings, telemetry, standing } = this.#context;
    const { lease } = claim;
    const webhook = webhooks.atHand(claim.webhook, claim.version) ?? (await webhooks.load(claim.webhook));
    if (webhook === null)
      return { lease, settled: { state: "dead", reason: "the webhook was removed" }, attempt: null };
    if (claim.ageMs > settings.expireMs) return this.#dead(claim, webhook, "expired", null);
    const told = telemetry.attempt(claim, webhook.origin);
    const made = await (told === null
      ? this.#attempt(claim, webhook)
      : told.make(() => this.#attempt(claim, webhook)));
    told?.ended({
      outcome: made.outcome,
      status: statusOf(made.answer),
      ms: made.ended - made.began,
      ageMs: claim.ageMs,
      format: webhook.record.format,
      topic: claim.topic,
    });
    if (signal.aborted && made.answer instanceof Error)
      return { lease, settled: { state: "release" }, attempt: null };
    const heeded = standing.after({ ...made, probe: claim.probe }, webhook);
    // Whatever becomes of that, the attempt was made: one that arrived must not be made again for it.
    if (heeded !== null)
      await heeded.catch((err: unknown) =>
        settings.logger.error(
          { err, webhook: claim.webhook },
          "heron-webhooks: what follows for a webhook could not be written down",
        ),
      );
    return this.#settle(claim, webhook, made);
  }

  async #attempt(claim: Claim, webhook: ReadyWebhook): Promise<Made> {
    const { settings, transport } = this.#context;
    const began = settings.clock.now();
    const request = requestOf(claim, webhook, began);
    const answer = request instanceof Error ? request : await transport.attempt(request);
    const outcome = classify(answer, { format: webhook.record.format === "heron" ? "heron" : "slack" });
    return { answer, outcome, began, ended: settings.clock.now() };
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
    callHook(settings, (hooks) =>
      hooks.attempt?.({ ...attempt, outcome: outcome.kind, retryIn: delayMs }, claim, webhook.webhook),
    );
    if (outcome.kind === "delivered") {
      telemetry.settled("delivered", claim.topic);
      return { lease: claim.lease, settled: { state: "delivered" }, attempt };
    }
    if (delayMs !== null) return { lease: claim.lease, settled: { state: "retry", delayMs }, attempt };
    return this.#dead(claim, webhook, outcome.reason, attempt);
  }

  #dead(claim: Claim, webhook: ReadyWebhook, reason: string, attempt: Settlement["attempt"]): Settlement {
    const { settings, telemetry } = this.#context;
    telemetry.settled("dead", claim.topic);
    callHook(settings, (hooks) => hooks.dead?.(reason, claim, webhook.webhook));
    return { lease: claim.lease, settled: { state: "dead", reason }, attempt };
  }
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
