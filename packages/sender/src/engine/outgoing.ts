import { compileSlackTemplate, compileTemplate, type OutgoingWebhook } from "@heron-webhooks/core";
import type { WebhookRecord } from "../store/records.ts";
import type { Store } from "../store/store.ts";

/** Opens a secret as it is kept; throws if it was sealed with a key that is not known. */
export type OpenSecret = (kept: string) => string;

/** A webhook, ready to be sent to. */
export interface ReadyWebhook {
  readonly record: WebhookRecord;
  readonly outgoing: OutgoingWebhook;
}

const MOST_KEPT = 10_000;

/**
 * The webhooks that deliveries are for, as they are now: templates compiled, secrets opened. Kept by version, so that a
 * change is seen at the next attempt.
 */
export class OutgoingWebhooks {
  readonly #store: Store;
  readonly #open: OpenSecret;
  readonly #kept = new Map<string, ReadyWebhook>();

  constructor(store: Store, open: OpenSecret) {
    this.#store = store;
    this.#open = open;
  }

  /** Null if the webhook has been removed. */
  async get(id: string, version: number): Promise<ReadyWebhook | null> {
    const kept = this.#kept.get(id);
    if (kept !== undefined && kept.record.version >= version) return kept;
    const record = await this.#store.webhooks.get(id);
    return record === null ? null : this.keep(record);
  }

  /** Takes a webhook as it was just written. */
  keep(record: WebhookRecord): ReadyWebhook {
    const ready = { record, outgoing: outgoingOf(record, this.#open) };
    if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? "");
    this.#kept.delete(record.id);
    this.#kept.set(record.id, ready);
    return ready;
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }
}

/**
 * What requests to a webhook are built from.
 * @throws HeronError `template_invalid`
 */
export function outgoingOf(
  record: WebhookRecord,
  open: OpenSecret,
  now: number = Date.now(),
): OutgoingWebhook {
  const { id, url, format, headers, body, secrets } = record;
  return {
    id,
    url,
    format,
    headers,
    secrets: secrets.filter(({ until }) => until === null || until > now).map(({ value }) => open(value)),
    template:
      body === undefined
        ? undefined
        : format === "heron"
          ? compileTemplate(body)
          : compileSlackTemplate(body, { workflow: format === "slack-workflow" }),
  };
}
