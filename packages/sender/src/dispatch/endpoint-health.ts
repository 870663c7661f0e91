import type { Claim, Store, WebhookPatch, WebhookRecord } from "@heron-webhooks/engine";
import { CircuitBreaker, type FailureTimes, type ObservedAttempt } from "@heron-webhooks/engine";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import { callHook } from "./hooks.ts";
import type { PreparedWebhook, PreparedWebhookCache } from "./prepared-webhook.ts";
import type { AttemptSettings } from "./settings.ts";

/** Tells a webhook's owner, by an event, that it is about to be disabled; once for each of its versions. */
export type EmitDisabled = (reason: "gone" | "failing", webhook: Webhook, version: number) => Promise<void>;

export interface EndpointHealthContext {
  readonly store: Store;
  readonly preparedWebhooks: PreparedWebhookCache;
  readonly settings: AttemptSettings;
  readonly telemetry: Telemetry;
  readonly emitDisabled: EmitDisabled;
}

/** How often it is tried again to write down whether a webhook fails; the next attempt says it anew. */
const MAX_UPDATE_TRIES = 5;

/** For how long a webhook that cannot be read is left alone, in milliseconds. */
const UNREADABLE_PAUSE_MS = 60_000;
const MAX_UNREADABLE_WEBHOOKS = 10_000;

/** How webhooks stand: what attempts came to closes and opens their gates, and disables those that are given up. */
export class EndpointHealth {
  readonly #context: EndpointHealthContext;
  readonly #circuitBreaker: CircuitBreaker;
  /** Until when those that could not be read are not told of again. */
  readonly #unreadableUntil = new Map<string, number>();

  constructor(context: EndpointHealthContext) {
    this.#context = context;
    this.#circuitBreaker = new CircuitBreaker(context.settings.healthLimits);
  }

  /**
   * Takes in what an attempt came to, and writes down what follows for the webhook. To be awaited before the delivery is
   * settled, so that nothing is claimed in between; null if nothing follows.
   */
  recordAttempt(attempt: ObservedAttempt, webhook: PreparedWebhook): Promise<void> | null {
    const { id, url, version } = webhook.record;
    // Others may have failed, or arrived, while this one was under way.
    const { record } = this.#context.preparedWebhooks.get(id, version) ?? webhook;
    if (record.url !== url) return null;
    const update = this.#circuitBreaker.evaluate(attempt, record);
    if (update === null) return null;
    const { pause, failureTimes, disableReason } = update;
    return (async () => {
      if (pause !== undefined) await this.#context.store.setPause({ scope: "webhook", id, ...pause });
      if (disableReason !== undefined) await this.#disable(disableReason, record);
      else if (failureTimes !== undefined) await this.#saveFailureTimes(failureTimes, record);
    })();
  }

  /**
   * A webhook whose secrets cannot be opened, as without the key that sealed them, is left alone for a while, and told of
   * once: all that it is owed would else be tried again and again.
   */
  async pauseUnreadable(
    { webhook, delivery }: Pick<Claim, "webhook" | "delivery">,
    err: unknown,
  ): Promise<void> {
    const { store, settings } = this.#context;
    const now = settings.clock.now();
    if (now < (this.#unreadableUntil.get(webhook) ?? 0)) return;
    if (this.#unreadableUntil.size >= MAX_UNREADABLE_WEBHOOKS) this.#unreadableUntil.clear();
    this.#unreadableUntil.set(webhook, now + UNREADABLE_PAUSE_MS);
    settings.logger.error(
      { err, webhook, delivery },
      "heron-webhooks: a webhook cannot be read, and nothing is delivered to it; it will be tried again",
    );
    await store
      .setPause({ scope: "webhook", id: webhook, reason: "circuit_open", durationMs: UNREADABLE_PAUSE_MS })
      // Then it is tried again the sooner.
      .catch(() => {});
  }

  /** How a webhook has been doing counts no more. */
  reset(id: string): void {
    this.#circuitBreaker.reset(id);
  }

  /** Whoever changed it meanwhile is no reason to leave it was, unless what they changed is just that. */
  async #saveFailureTimes(failureTimes: FailureTimes, original: WebhookRecord): Promise<void> {
    for (let current: WebhookRecord | undefined = original, tries = 0; tries < MAX_UPDATE_TRIES; tries++) {
      if (current === undefined || !current.enabled || current.url !== original.url) return;
      if (current.failingSince !== original.failingSince) return;
      // Of many that fail at once the first writes down when.
      if (failureTimes.failingSince !== null && current.lastFailedAt !== original.lastFailedAt) return;
      if ((await this.#update(current, failureTimes)) !== null) return;
      current = (await this.#context.preparedWebhooks.load(original.id))?.record;
    }
  }

  /**
   * Its owner is told first: a process that ends in between tells twice, with the same id, rather than never. Of several
   * attempts that fail at once one does so, and none where the webhook was mended, or disabled, meanwhile.
   */
  async #disable(reason: "gone" | "failing", original: WebhookRecord): Promise<void> {
    const { preparedWebhooks, settings, telemetry, emitDisabled } = this.#context;
    const { id, url, failingSince } = original;
    let announcedVersion: number | undefined;
    for (
      let current = await preparedWebhooks.load(id);
      current?.record.enabled === true;
      current = await preparedWebhooks.load(id)
    ) {
      const { record, webhook } = current;
      if (record.url !== url || (reason === "failing" && record.failingSince !== failingSince)) return;
      announcedVersion ??= record.version;
      // Whether or not its owner can be told, it is not attempted for ever.
      await emitDisabled(reason, webhook, announcedVersion).catch((err: unknown) =>
        settings.logger.error({ err, webhook: id }, "heron-webhooks: webhook.disabled could not be emitted"),
      );
      const updated = await this.#update(record, { enabled: false, disabledBy: reason });
      if (updated === null) continue;
      telemetry.recordDisabled(reason);
      settings.logger.warn({ webhook: id, reason }, "heron-webhooks: a webhook was disabled");
      callHook(settings, (hooks) => hooks.onWebhookDisabled?.(reason, updated.webhook));
      return;
    }
  }

  async #update(record: WebhookRecord, patch: WebhookPatch): Promise<PreparedWebhook | null> {
    const { store, preparedWebhooks } = this.#context;
    const updated = await store.webhooks.update(record.id, record.version, patch);
    if (updated !== null) return preparedWebhooks.put(updated);
    // Somebody else has changed it: what is kept of it is old.
    preparedWebhooks.evict(record.id);
    return null;
  }
}
