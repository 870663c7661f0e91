import type { WebhookChange, WebhookRecord } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import { type Attempted, Health } from "./health.ts";
import { callHook } from "./hooks.ts";
import type { OutgoingWebhooks, ReadyWebhook } from "./outgoing.ts";
import type { EngineSettings } from "./settings.ts";

/** Tells a webhook's owner, by an event, that it is about to be disabled. */
export type Announce = (reason: "gone" | "failing", webhook: Webhook) => Promise<void>;

export interface StandingContext {
  readonly store: Store;
  readonly webhooks: OutgoingWebhooks;
  readonly settings: EngineSettings;
  readonly telemetry: Telemetry;
  readonly announce: Announce;
}

/** How webhooks stand: what attempts came to closes and opens their gates, and disables those that are given up. */
export class Standing {
  readonly #context: StandingContext;
  readonly #health: Health;

  constructor(context: StandingContext) {
    this.#context = context;
    this.#health = new Health(context.settings.health);
  }

  /**
   * Takes in what an attempt came to, and writes down what follows for the webhook. To be awaited before the delivery is
   * settled, so that nothing is claimed in between; null if nothing follows.
   */
  after(attempted: Attempted, webhook: ReadyWebhook): Promise<void> | null {
    const { record } = webhook;
    const change = this.#health.after(attempted, record);
    if (change === null) return null;
    const { gate, failingSince, disable } = change;
    return (async () => {
      if (gate !== undefined) await this.#context.store.gate({ scope: "webhook", id: record.id, ...gate });
      if (disable !== undefined) await this.#disable(disable, webhook);
      else if (failingSince !== undefined) await this.#change(record, { failingSince });
    })();
  }

  /** How a webhook has been doing counts no more. */
  forgive(id: string): void {
    this.#health.forget(id);
  }

  /** Its owner is told first: a process that ends in between tells twice, with the same id, rather than never. */
  async #disable(reason: "gone" | "failing", { record, webhook }: ReadyWebhook): Promise<void> {
    const { settings, telemetry, announce } = this.#context;
    await announce(reason, webhook);
    const updated = await this.#change(record, { enabled: false, disabledBy: reason });
    if (updated === null) return;
    telemetry.disabled(reason);
    settings.logger.warn({ webhook: record.id, reason }, "heron-webhooks: a webhook was disabled");
    callHook(settings, (hooks) => hooks.disabled?.(reason, updated.webhook));
  }

  async #change(record: WebhookRecord, change: WebhookChange): Promise<ReadyWebhook | null> {
    const { store, webhooks } = this.#context;
    const updated = await store.webhooks.update(record.id, record.version, change);
    if (updated !== null) return webhooks.keep(updated);
    // Somebody else has changed it: what is kept of it is old.
    webhooks.forget(record.id);
    return null;
  }
}
