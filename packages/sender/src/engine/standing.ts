import type { Claim, Store, WebhookChange, WebhookRecord } from "@heron-webhooks/engine";
import { type Attempted, type Failing, Health } from "@heron-webhooks/engine";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import { callHook } from "./hooks.ts";
import type { OutgoingWebhooks, ReadyWebhook } from "./outgoing.ts";
import type { AttemptSettings } from "./settings.ts";

/** Tells a webhook's owner, by an event, that it is about to be disabled; once for each of its versions. */
export type Announce = (reason: "gone" | "failing", webhook: Webhook, version: number) => Promise<void>;

export interface StandingContext {
  readonly store: Store;
  readonly webhooks: OutgoingWebhooks;
  readonly settings: AttemptSettings;
  readonly telemetry: Telemetry;
  readonly announce: Announce;
}

/** How often it is tried again to write down whether a webhook fails; the next attempt says it anew. */
const MOST_TRIES = 5;

/** For how long a webhook that cannot be read is left alone, in milliseconds. */
const UNREADABLE = 60_000;
const MOST_UNREADABLE = 10_000;

/** How webhooks stand: what attempts came to closes and opens their gates, and disables those that are given up. */
export class Standing {
  readonly #context: StandingContext;
  readonly #health: Health;
  /** Until when those that could not be read are not told of again. */
  readonly #unreadable = new Map<string, number>();

  constructor(context: StandingContext) {
    this.#context = context;
    this.#health = new Health(context.settings.health);
  }

  /**
   * Takes in what an attempt came to, and writes down what follows for the webhook. To be awaited before the delivery is
   * settled, so that nothing is claimed in between; null if nothing follows.
   */
  after(attempted: Attempted, webhook: ReadyWebhook): Promise<void> | null {
    const { id, url, version } = webhook.record;
    // Others may have failed, or arrived, while this one was under way.
    const { record } = this.#context.webhooks.atHand(id, version) ?? webhook;
    if (record.url !== url) return null;
    const change = this.#health.after(attempted, record);
    if (change === null) return null;
    const { gate, failing, disable } = change;
    return (async () => {
      if (gate !== undefined) await this.#context.store.gate({ scope: "webhook", id, ...gate });
      if (disable !== undefined) await this.#disable(disable, record);
      else if (failing !== undefined) await this.#writeDown(failing, record);
    })();
  }

  /**
   * A webhook whose secrets cannot be opened, as without the key that sealed them, is left alone for a while, and told of
   * once: all that it is owed would else be tried again and again.
   */
  async unreadable({ webhook, delivery }: Pick<Claim, "webhook" | "delivery">, err: unknown): Promise<void> {
    const { store, settings } = this.#context;
    const now = settings.clock.now();
    if (now < (this.#unreadable.get(webhook) ?? 0)) return;
    if (this.#unreadable.size >= MOST_UNREADABLE) this.#unreadable.clear();
    this.#unreadable.set(webhook, now + UNREADABLE);
    settings.logger.error(
      { err, webhook, delivery },
      "heron-webhooks: a webhook cannot be read, and nothing is delivered to it; it will be tried again",
    );
    await store
      .gate({ scope: "webhook", id: webhook, gate: "circuit", closedMs: UNREADABLE })
      // Then it is tried again the sooner.
      .catch(() => {});
  }

  /** How a webhook has been doing counts no more. */
  forgive(id: string): void {
    this.#health.forget(id);
  }

  /** Whoever changed it meanwhile is no reason to leave it as it was, unless what they changed is just that. */
  async #writeDown(failing: Failing, before: WebhookRecord): Promise<void> {
    for (let now: WebhookRecord | undefined = before, tries = 0; tries < MOST_TRIES; tries++) {
      if (now === undefined || !now.enabled || now.url !== before.url) return;
      if (now.failingSince !== before.failingSince) return;
      // Of many that fail at once the first writes down when.
      if (failing.failingSince !== null && now.failedAt !== before.failedAt) return;
      if ((await this.#change(now, failing)) !== null) return;
      now = (await this.#context.webhooks.load(before.id))?.record;
    }
  }

  /**
   * Its owner is told first: a process that ends in between tells twice, with the same id, rather than never. Of several
   * attempts that fail at once one does so, and none where the webhook was mended, or disabled, meanwhile.
   */
  async #disable(reason: "gone" | "failing", before: WebhookRecord): Promise<void> {
    const { webhooks, settings, telemetry, announce } = this.#context;
    const { id, url, failingSince } = before;
    let told: number | undefined;
    for (let now = await webhooks.load(id); now?.record.enabled === true; now = await webhooks.load(id)) {
      const { record, webhook } = now;
      if (record.url !== url || (reason === "failing" && record.failingSince !== failingSince)) return;
      told ??= record.version;
      // Whether or not its owner can be told, it is not attempted for ever.
      await announce(reason, webhook, told).catch((err: unknown) =>
        settings.logger.error({ err, webhook: id }, "heron-webhooks: webhook.disabled could not be emitted"),
      );
      const updated = await this.#change(record, { enabled: false, disabledBy: reason });
      if (updated === null) continue;
      telemetry.disabled(reason);
      settings.logger.warn({ webhook: id, reason }, "heron-webhooks: a webhook was disabled");
      callHook(settings, (hooks) => hooks.disabled?.(reason, updated.webhook));
      return;
    }
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
