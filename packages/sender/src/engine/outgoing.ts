import {
  compileSlackTemplate,
  compileTemplate,
  type OutgoingRequest,
  type RequestParts,
  requestsTo,
  type Template,
  type WebhookEvent,
} from "@heron-webhooks/core";
import type { Claim, Store, WebhookRecord } from "@heron-webhooks/engine";
import type { Seal } from "../secrets/seal.ts";
import { openRecord } from "../secrets/sealed-record.ts";
import { type Webhook, webhookFrom } from "../webhooks/webhook.ts";
import type { AttemptRequest } from "./attempt.ts";

/** A webhook, ready to be sent to. */
export interface ReadyWebhook {
  readonly record: WebhookRecord;
  /** As it is told of. */
  readonly webhook: Webhook;
  readonly origin: string;
  /** The request that an attempt makes now. Throws what its building throws. */
  request(claim: Pick<Claim, "delivery" | "body" | "user">, now: number): AttemptRequest;
}

const MOST_KEPT = 10_000;

/**
 * The webhooks that deliveries are for, as they are now: templates compiled, secrets opened. Kept by version, so that a
 * change is seen at the next attempt.
 */
export class OutgoingWebhooks {
  readonly #store: Store;
  readonly #seal: Seal;
  readonly #kept = new Map<string, ReadyWebhook>();

  constructor(store: Store, seal: Seal) {
    this.#store = store;
    this.#seal = seal;
  }

  /** The webhook at this version or a later one, if it is at hand. */
  atHand(id: string, version: number): ReadyWebhook | undefined {
    const kept = this.#kept.get(id);
    return kept !== undefined && kept.record.version >= version ? kept : undefined;
  }

  /** The webhook as it is; null if it has been removed. */
  async load(id: string): Promise<ReadyWebhook | null> {
    const record = await this.#store.webhooks.get(id);
    return record === null ? null : this.keep(record);
  }

  /**
   * Takes a webhook as it was just written.
   * @throws HeronError `secret_unavailable`
   */
  keep(record: WebhookRecord): ReadyWebhook {
    const ready = readyFor(openRecord(record, this.#seal));
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
 * A webhook's requests, its secrets as they sign.
 * @throws HeronError `template_invalid`, `header_invalid`
 */
export function readyFor(record: WebhookRecord): ReadyWebhook {
  const { id, account, url, format, headers, secrets } = record;
  const template = templateOf(record);
  const { origin, pathname, search } = new URL(url);
  const path = pathname + search;
  // A secret that is on its way out signs until its time; so requests are built anew when the first ends.
  let until = 0;
  let build: (parts: RequestParts) => OutgoingRequest;
  return {
    record,
    webhook: webhookFrom(record),
    origin,
    request({ delivery, body, user }, now) {
      if (now >= until) {
        const live = secrets.filter((secret) => secret.until === null || secret.until > now);
        until = Math.min(...live.map((secret) => secret.until ?? Number.POSITIVE_INFINITY));
        const values = live.map(({ value }) => value);
        build = requestsTo({ id, url, format, headers, secrets: values, template });
      }
      const asItIs = template === undefined && format === "heron";
      const parts = asItIs ? { body: Buffer.from(body, "utf8") } : eventOf(body, user);
      const request = build({ ...parts, id: delivery, now });
      return { account, origin, path, headers: request.headers, body: request.body };
    },
  };
}

function templateOf({ body, format }: WebhookRecord): Template | undefined {
  if (body === undefined) return undefined;
  return format === "heron"
    ? compileTemplate(body)
    : compileSlackTemplate(body, { workflow: format === "slack-workflow" });
}

function eventOf(
  body: string,
  user: string | null,
): { readonly event: WebhookEvent; readonly user: Readonly<Record<string, unknown>> | null } {
  return {
    event: JSON.parse(body) as WebhookEvent,
    user: user === null ? null : (JSON.parse(user) as Readonly<Record<string, unknown>>),
  };
}
