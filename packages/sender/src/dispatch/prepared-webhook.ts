import type { WebhookEvent } from "@heron-webhooks/core";
import { createRequestBuilder, type OutgoingRequest, type RequestParts } from "@heron-webhooks/core/delivery";
import { compileSlackTemplate } from "@heron-webhooks/core/slack";
import { compileTemplate, type Template } from "@heron-webhooks/core/templates";
import type { Claim, Store, WebhookRecord } from "@heron-webhooks/engine";
import type { SecretCipher } from "../secrets/cipher.ts";
import { decryptRecord } from "../secrets/encrypted-record.ts";
import { toWebhook, type Webhook } from "../webhooks/webhook.ts";
import type { AttemptRequest } from "./http-transport.ts";

/** A webhook with compiled template and decrypted secrets. */
export interface PreparedWebhook {
  readonly record: WebhookRecord;
  /** The webhook in its public form. */
  readonly webhook: Webhook;
  readonly origin: string;
  /** Builds the request of an attempt. Throws if the body cannot be rendered. */
  buildRequest(claim: Pick<Claim, "delivery" | "body" | "user">, now: number): AttemptRequest;
}

const MAX_CACHED_WEBHOOKS = 10_000;

/**
 * Caches prepared webhooks by id. The version shows whether an entry is current, so a change applies to the next
 * attempt.
 */
export class PreparedWebhookCache {
  readonly #store: Store;
  readonly #cipher: SecretCipher;
  readonly #cache = new Map<string, PreparedWebhook>();

  constructor(store: Store, cipher: SecretCipher) {
    this.#store = store;
    this.#cipher = cipher;
  }

  /** The webhook at this version or a later one, if it is cached. */
  get(id: string, version: number): PreparedWebhook | undefined {
    const cached = this.#cache.get(id);
    return cached !== undefined && cached.record.version >= version ? cached : undefined;
  }

  /** Loads the webhook; null if it was deleted. */
  async load(id: string): Promise<PreparedWebhook | null> {
    const record = await this.#store.webhooks.get(id);
    return record === null ? null : this.put(record);
  }

  /**
   * Caches a webhook that was just written.
   * @throws HeronError `secret_unavailable`
   */
  put(record: WebhookRecord): PreparedWebhook {
    const prepared = prepareWebhook(decryptRecord(record, this.#cipher));
    if (this.#cache.size >= MAX_CACHED_WEBHOOKS) this.#cache.delete(this.#cache.keys().next().value ?? "");
    this.#cache.delete(record.id);
    this.#cache.set(record.id, prepared);
    return prepared;
  }

  evict(id: string): void {
    this.#cache.delete(id);
  }
}

/**
 * Prepares a webhook with decrypted secrets.
 * @throws HeronError `template_invalid`, `header_invalid`
 */
export function prepareWebhook(record: WebhookRecord): PreparedWebhook {
  const { id, account, url, format, headers, secrets } = record;
  const template = compileRecordTemplate(record);
  const { origin, pathname, search } = new URL(url);
  const path = pathname + search;
  // Expiring secrets sign until they expire, so the builder is renewed when the first expires.
  let validUntil = 0;
  let build: (parts: RequestParts) => OutgoingRequest;
  return {
    record,
    webhook: toWebhook(record),
    origin,
    buildRequest({ delivery, body, user }, now) {
      if (now >= validUntil) {
        const activeSecrets = secrets.filter((secret) => secret.expiresAt === null || secret.expiresAt > now);
        validUntil = Math.min(...activeSecrets.map((secret) => secret.expiresAt ?? Number.POSITIVE_INFINITY));
        const values = activeSecrets.map(({ value }) => value);
        build = createRequestBuilder({ id, url, format, headers, secrets: values, template });
      }
      const isPlainEvent = template === undefined && format === "heron";
      const parts = isPlainEvent ? { body: Buffer.from(body, "utf8") } : parseEvent(body, user);
      const request = build({ ...parts, id: delivery, now });
      return { account, origin, path, headers: request.headers, body: request.body };
    },
  };
}

function compileRecordTemplate({ template, format }: WebhookRecord): Template | undefined {
  if (template === undefined) return undefined;
  return format === "heron"
    ? compileTemplate(template)
    : compileSlackTemplate(template, { workflow: format === "slack-workflow" });
}

function parseEvent(
  body: string,
  user: string | null,
): { readonly event: WebhookEvent; readonly user: Readonly<Record<string, unknown>> | null } {
  return {
    event: JSON.parse(body) as WebhookEvent,
    user: user === null ? null : (JSON.parse(user) as Readonly<Record<string, unknown>>),
  };
}
