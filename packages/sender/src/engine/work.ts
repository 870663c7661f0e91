import { type Answer, classify, nextDelay, type Outcome } from "@heron-webhooks/core";
import type { Claim, Settled, Settlement, Store } from "../store/store.ts";
import type { AttemptRequest, Transport } from "./attempt.ts";
import { Health, type HealthChange } from "./health.ts";
import type { OutgoingWebhooks, ReadyWebhook } from "./outgoing.ts";
import type { EngineSettings } from "./settings.ts";

/** Renders, signs and attempts one delivery after the other, and says what follows from each. */
export class Worker {
  readonly #store: Store;
  readonly #webhooks: OutgoingWebhooks;
  readonly #transport: Transport;
  readonly #settings: EngineSettings;
  readonly #health: Health;

  constructor(store: Store, webhooks: OutgoingWebhooks, transport: Transport, settings: EngineSettings) {
    this.#store = store;
    this.#webhooks = webhooks;
    this.#transport = transport;
    this.#settings = settings;
    this.#health = new Health(settings.health);
  }

  /** The work of a claim. Never rejects: what cannot be done is handed back. */
  readonly work = async (claim: Claim, signal: AbortSignal): Promise<Settlement> => {
    try {
      return await this.#deliver(claim, signal);
    } catch (error) {
      this.#settings.logger.error(
        { err: error, delivery: claim.delivery },
        "heron-webhooks: a delivery could not be attempted",
      );
      return { lease: claim.lease, settled: { state: "retry", delayMs: 5000 }, attempt: null };
    }
  };

  async #deliver(claim: Claim, signal: AbortSignal): Promise<Settlement> {
    const { lease } = claim;
    const webhook =
      this.#webhooks.atHand(claim.webhook, claim.version) ?? (await this.#webhooks.load(claim.webhook));
    if (webhook === null)
      return { lease, settled: { state: "dead", reason: "the webhook was removed" }, attempt: null };
    if (claim.ageMs > this.#settings.expireMs) return this.#dead(claim, webhook, "expired", null);
    const began = this.#settings.clock.now();
    const answer = await this.#attempt(claim, webhook, began);
    if (signal.aborted && answer instanceof Error)
      return { lease, settled: { state: "release" }, attempt: null };
    const ended = this.#settings.clock.now();
    const format = webhook.record.format === "heron" ? "heron" : "slack";
    const outcome = classify(answer, { format });
    const change = this.#health.after({ outcome, probe: claim.probe, began, ended }, webhook.record);
    if (change !== null) await this.#heed(change, webhook);
    return this.#settle(claim, webhook, outcome, answer, ended - began);
  }

  async #attempt(claim: Claim, webhook: ReadyWebhook, now: number): Promise<Answer | Error> {
    let request: AttemptRequest;
    try {
      request = webhook.request(claim, now);
    } catch (error) {
      return error as Error;
    }
    return this.#transport.attempt(request);
  }

  #settle(
    claim: Claim,
    webhook: ReadyWebhook,
    outcome: Outcome,
    answer: Answer | Error,
    ms: number,
  ): Settlement {
    const attempt = {
      status: answer instanceof Error ? null : answer.status,
      ms,
      reason: outcome.kind === "delivered" ? null : outcome.reason,
      answer: answer instanceof Error || outcome.kind === "delivered" ? null : answer.body,
    };
    this.#tell(() => this.#settings.hooks.attempt?.(attempt, claim, webhook.record));
    if (outcome.kind === "delivered") return { lease: claim.lease, settled: { state: "delivered" }, attempt };
    const delayMs = nextDelay(this.#settings.schedule, claim.attempts + 1, outcome, this.#settings.random);
    if (delayMs !== null) return { lease: claim.lease, settled: { state: "retry", delayMs }, attempt };
    return this.#dead(claim, webhook, outcome.reason, attempt);
  }

  #dead(claim: Claim, webhook: ReadyWebhook, reason: string, attempt: Settlement["attempt"]): Settlement {
    this.#tell(() => this.#settings.hooks.dead?.(reason, claim, webhook.record));
    const settled: Settled = { state: "dead", reason };
    return { lease: claim.lease, settled, attempt };
  }

  /** Writes down what follows for the webhook: before the delivery is settled, so that nothing is claimed in between. */
  async #heed({ gate, failingSince, disable }: HealthChange, { record }: ReadyWebhook): Promise<void> {
    if (gate !== undefined) await this.#store.gate({ scope: "webhook", id: record.id, ...gate });
    const change = {
      ...(failingSince === undefined ? {} : { failingSince }),
      ...(disable === undefined ? {} : ({ enabled: false, disabledBy: disable } as const)),
    };
    if (Object.keys(change).length === 0) return;
    const updated = await this.#store.webhooks.update(record.id, record.version, change);
    if (updated === null) {
      this.#webhooks.forget(record.id);
      return;
    }
    this.#webhooks.keep(updated);
    if (disable !== undefined) this.#tell(() => this.#settings.hooks.disabled?.(disable, updated));
  }

  #tell(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      this.#settings.logger.error({ err: error }, "heron-webhooks: a hook threw");
    }
  }
}
