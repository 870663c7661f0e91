import { type Answer, classify, nextDelay, type Outcome } from "@heron-webhooks/core";
import type { WebhookChange, WebhookRecord } from "../store/records.ts";
import type { Claim, Settled, Settlement, Store } from "../store/store.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import type { AttemptRequest, Transport } from "./attempt.ts";
import { Health, type HealthChange } from "./health.ts";
import type { OutgoingWebhooks, ReadyWebhook } from "./outgoing.ts";
import type { EngineSettings } from "./settings.ts";

/** Tells a webhook's owner, by an event, that it is about to be disabled. */
export type Announce = (reason: "gone" | "failing", webhook: Webhook) => Promise<void>;

/** Renders, signs and attempts one delivery after the other, and says what follows from each. */
export class Worker {
  readonly #store: Store;
  readonly #webhooks: OutgoingWebhooks;
  readonly #transport: Transport;
  readonly #settings: EngineSettings;
  readonly #health: Health;

  readonly #announce: Announce;

  constructor(
    store: Store,
    webhooks: OutgoingWebhooks,
    transport: Transport,
    settings: EngineSettings,
    announce: Announce,
  ) {
    this.#announce = announce;
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

  /** How a webhook has been doing counts no more. */
  forgive(id: string): void {
    this.#health.forget(id);
  }

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
    this.#tell(() => this.#settings.hooks.attempt?.(attempt, claim, webhook.webhook));
    if (outcome.kind === "delivered") return { lease: claim.lease, settled: { state: "delivered" }, attempt };
    const delayMs = nextDelay(this.#settings.schedule, claim.tried + 1, outcome, this.#settings.random);
    if (delayMs !== null) return { lease: claim.lease, settled: { state: "retry", delayMs }, attempt };
    return this.#dead(claim, webhook, outcome.reason, attempt);
  }

  #dead(claim: Claim, webhook: ReadyWebhook, reason: string, attempt: Settlement["attempt"]): Settlement {
    this.#tell(() => this.#settings.hooks.dead?.(reason, claim, webhook.webhook));
    const settled: Settled = { state: "dead", reason };
    return { lease: claim.lease, settled, attempt };
  }

  /** Writes down what follows for the webhook: before the delivery is settled, so that nothing is claimed in between. */
  async #heed({ gate, failingSince, disable }: HealthChange, webhook: ReadyWebhook): Promise<void> {
    const { record } = webhook;
    if (gate !== undefined) await this.#store.gate({ scope: "webhook", id: record.id, ...gate });
    if (disable !== undefined) await this.#disable(disable, webhook);
    else if (failingSince !== undefined) await this.#change(record, { failingSince });
  }

  /** Its owner is told first: a process that ends in between tells twice, with the same id, rather than never. */
  async #disable(reason: "gone" | "failing", { record, webhook }: ReadyWebhook): Promise<void> {
    await this.#announce(reason, webhook);
    const updated = await this.#change(record, { enabled: false, disabledBy: reason });
    if (updated === null) return;
    this.#settings.logger.warn({ webhook: record.id, reason }, "heron-webhooks: a webhook was disabled");
    this.#tell(() => this.#settings.hooks.disabled?.(reason, updated.webhook));
  }

  async #change(record: WebhookRecord, change: WebhookChange): Promise<ReadyWebhook | null> {
    const updated = await this.#store.webhooks.update(record.id, record.version, change);
    if (updated !== null) return this.#webhooks.keep(updated);
    // Somebody else has changed it: what is kept of it is old.
    this.#webhooks.forget(record.id);
    return null;
  }

  #tell(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      this.#settings.logger.error({ err: error }, "heron-webhooks: a hook threw");
    }
  }
}
