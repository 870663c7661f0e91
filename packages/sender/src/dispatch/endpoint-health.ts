import type { Claim, Store, WebhookPatch, WebhookRecord } from "@heron-webhooks/engine";
import { CircuitBreaker, type FailureTimes, type ObservedAttempt } from "@heron-webhooks/engine";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import { callHook } from "./hooks.ts";
import type { PreparedWebhook, PreparedWebhookCache } from "./prepared-webhook.ts";
import type { AttemptSettings } from "./settings.ts";

/** Emits `webhook.disabled` before a webhook is disabled, once for each of its versions. */
export type EmitDisabled = (reason: "gone" | "failing", webhook: Webhook, version: number) => Promise<void>;

export interface EndpointHealthContext {
  readonly store: Store;
  readonly preparedWebhooks: PreparedWebhookCache;
  readonly settings: AttemptSettings;
  readonly telemetry: Telemetry;
  readonly emitDisabled: EmitDisabled;
}

/** Tries to save failure times; the next attempt saves them again. */
const MAX_UPDATE_TRIES = 5;

/** How long a webhook that cannot be decrypted is paused, in milliseconds. */
const UNREADABLE_PAUSE_MS = 60_000;
const MAX_UNREADABLE_WEBHOOKS = 10_000;

/**
 * Applies the results of attempts to webhooks: opens and closes circuits, and disables webhooks that are gone or fail
 * for days.
 */
export class EndpointHealth {
  readonly #context: EndpointHealthContext;
  readonly #circuitBreaker: CircuitBreaker;
  /** Until when a webhook that cannot be decrypted is not logged again. */
  readonly #unreadableUntil = new Map<string, number>();

  constructor(context: EndpointHealthContext) {
    this.#context = context;
    this.#circuitBreaker = new CircuitBreaker(context.settings.healthLimits);
  }

  /**
   * Records an attempt and applies the resulting change of the webhook. Await it before completing the delivery, so
   * that no other delivery is claimed in between. Returns null if nothing changes.
   */
  recordAttempt(attempt: ObservedAttempt, webhook: PreparedWebhook): Promise<void> | null {
    const { id, url, version } = webhook.record;
    // Other attempts may have changed the record meanwhile.
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
   * Pauses a webhook whose secrets cannot be decrypted, for example because a key is missing, and logs it once.
   * Otherwise its deliveries would be retried again and again.
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
      { err, webhook, delivery, pausedForMs: UNREADABLE_PAUSE_MS },
      "heron-webhooks: cannot decrypt webhook secrets; deliveries paused",
    );
    await store
      .setPause({ scope: "webhook", id: webhook, reason: "circuit_open", durationMs: UNREADABLE_PAUSE_MS })
      // Without the pause it is only retried sooner.
      .catch(() => {});
  }

  reset(id: string): void {
    this.#circuitBreaker.reset(id);
  }

  /** Retries after a concurrent change, unless that change was to the failure times, the URL or the state. */
  async #saveFailureTimes(failureTimes: FailureTimes, original: WebhookRecord): Promise<void> {
    for (let current: WebhookRecord | undefined = original, tries = 0; tries < MAX_UPDATE_TRIES; tries++) {
      if (current === undefined || !current.enabled || current.url !== original.url) return;
      if (current.failingSince !== original.failingSince) return;
      // Of many concurrent failures, the first saves its time.
      if (failureTimes.failingSince !== null && current.lastFailedAt !== original.lastFailedAt) return;
      if ((await this.#update(current, failureTimes)) !== null) return;
      current = (await this.#context.preparedWebhooks.load(original.id))?.record;
    }
  }

  /**
   * Emits the event first: a process that ends in between emits it again with the same id, rather than never. Of
   * several concurrent failures one emits it, and none does if the webhook was changed or disabled meanwhile.
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
      // Disabled even if the event cannot be emitted.
      await emitDisabled(reason, webhook, announcedVersion).catch((err: unknown) =>
        settings.logger.error({ err, webhook: id }, "heron-webhooks: failed to emit webhook.disabled"),
      );
      const updated = await this.#update(record, { enabled: false, disabledBy: reason });
      if (updated === null) continue;
      telemetry.recordDisabled(reason);
      settings.logger.warn({ webhook: id, reason }, "heron-webhooks: webhook disabled");
      callHook(settings, (hooks) => hooks.onWebhookDisabled?.(reason, updated.webhook));
      return;
    }
  }

  async #update(record: WebhookRecord, patch: WebhookPatch): Promise<PreparedWebhook | null> {
    const { store, preparedWebhooks } = this.#context;
    const updated = await store.webhooks.update(record.id, record.version, patch);
    if (updated !== null) return preparedWebhooks.put(updated);
    // The webhook was changed concurrently, so the cached record is outdated.
    preparedWebhooks.evict(record.id);
    return null;
  }
}
