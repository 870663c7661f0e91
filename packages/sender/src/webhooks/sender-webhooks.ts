import { type Duration, HeronError } from "@heron-webhooks/core";
import { parseDuration } from "@heron-webhooks/core/internal";
import type {
  Page,
  PageRequest,
  PauseRecord,
  RecoverResult,
  SecretRecord,
  Store,
  WebhookRecord,
} from "@heron-webhooks/engine";
import { assertKnownKeys, assertPageRequest } from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";
import type { Transport } from "../dispatch/http-transport.ts";
import type { PreparedWebhookCache } from "../dispatch/prepared-webhook.ts";
import type { Egress } from "../egress/egress.ts";
import type { SecretCipher } from "../secrets/cipher.ts";
import { decryptRecord, encryptRecord } from "../secrets/encrypted-record.ts";
import type { Topics } from "../topics/catalogue.ts";
import { type Preview, type PreviewOptions, previewRequest } from "./preview.ts";
import { type MatchPreview, type MatchPreviewInput, previewMatches } from "./preview-matches.ts";
import { reencryptAll } from "./reencrypt.ts";
import { assertSecret, createSecret, rotateSecrets } from "./secret.ts";
import { sendTestEvent, type TestResult } from "./send-test.ts";
import { parseRecoverOptions, type RecoverOptions } from "./since.ts";
import { type NewWebhook, toWebhook, type Webhook } from "./webhook.ts";
import { applyUpdate, createWebhookRecord, type WebhookInput, type WebhookUpdate } from "./webhook-input.ts";

/** The webhooks of all accounts. Operations on a webhook that does not exist throw `webhook_not_found`. */
export interface SenderWebhooks {
  /**
   * @throws HeronError `url_invalid`, `address_forbidden`, `pattern_invalid`, `condition_invalid`, `header_invalid`,
   * `template_invalid`, `secret_invalid`, `option_invalid`, `limit_reached`
   */
  create(input: WebhookInput): Promise<NewWebhook>;
  get(id: string): Promise<Webhook>;
  /** In order of creation. */
  list(filter?: { readonly account?: string | undefined }, page?: PageRequest): Promise<Page<Webhook>>;
  /**
   * Updates the given fields.
   * @throws HeronError as `create` does
   */
  update(id: string, update: WebhookUpdate): Promise<Webhook>;
  /** Deletes the webhook and its pending deliveries. */
  delete(id: string): Promise<void>;
  /** Enables the webhook, clears its pauses and resets its health, whatever the reason it was disabled for. */
  enable(id: string): Promise<Webhook>;
  /** Stops new deliveries; pending ones wait. */
  disable(id: string): Promise<Webhook>;
  /** The active pauses of the webhook and its account. */
  pauses(id: string): Promise<readonly PauseRecord[]>;
  /** The current secrets: the first signs `Heron-Signature`; all sign `webhook-signature`. */
  secrets(id: string): Promise<readonly SecretRecord[]>;
  /**
   * Replaces the secret, with a generated one by default. The old one also signs during `overlap` (default `"24h"`);
   * use 0 if it has leaked.
   * @throws HeronError `secret_invalid`, `limit_reached`, `option_invalid`
   */
  rotateSecret(
    id: string,
    options?: { readonly secret?: string | undefined; readonly overlap?: Duration | undefined },
  ): Promise<{ readonly secret: string }>;
  /** Sends a test event, marked `meta.test`, and returns the result. */
  sendTest(id: string, options?: { readonly topic?: string | undefined }): Promise<TestResult>;
  /**
   * Returns the request that such a webhook would receive, for a topic's example or a delivery's event. Nothing is sent
   * or stored.
   * @throws HeronError as `create` does, and `topic_invalid`, `topic_unknown`, `delivery_not_found`, `template_missing`
   */
  preview(input: WebhookInput, options?: PreviewOptions): Promise<Preview>;
  /**
   * Returns which of the newest events match patterns and conditions, for use before they are saved.
   * @throws HeronError `pattern_invalid`, `condition_invalid`, `option_invalid`
   */
  previewMatches(input: MatchPreviewInput): Promise<MatchPreview>;
  /**
   * Requeues the dead and creates the missed deliveries of events since a time or duration. Returns their number, which
   * the account's limit of pending deliveries bounds.
   */
  recover(id: string, options: RecoverOptions): Promise<number>;
  /** Encrypts everything that is not encrypted with the current `encryptionKey`. Returns the number of webhooks. */
  reencrypt(): Promise<number>;
}

export interface WebhooksContext {
  readonly store: Store;
  readonly preparedWebhooks: PreparedWebhookCache;
  readonly transport: Transport;
  readonly egress: Egress;
  readonly cipher: SecretCipher;
  readonly topics: Topics | null;
  readonly maxWebhooks: number;
  /** Limits all operations to this account; omitted for all accounts. */
  readonly account?: string;
  readonly now: () => number;
  /** Called when deliveries may have become claimable. */
  readonly notifyDispatcher: () => void;
  /** Resets the health of a webhook. */
  readonly resetHealth: (id: string) => void;
}

/** Tries to apply an update despite concurrent updates. */
const MAX_UPDATE_TRIES = 10;
/** Deliveries recovered in one step, so that other calls are not delayed. */
const RECOVER_BATCH_SIZE = 1000;
const MAX_OVERLAP_MS = 365 * 86_400_000;

export function createSenderWebhooks(context: WebhooksContext): SenderWebhooks {
  const { store, preparedWebhooks, cipher, egress, now, account } = context;
  const findRecord = async (id: string): Promise<WebhookRecord> => {
    const record = typeof id === "string" ? await store.webhooks.get(id) : null;
    if (record === null || (account !== undefined && record.account !== account))
      throw createNotFoundError(id);
    return record;
  };
  const readRecord = async (id: string): Promise<WebhookRecord> =>
    decryptRecord(await findRecord(id), cipher);
  const updateRecord = async (
    id: string,
    change: (record: WebhookRecord) => WebhookRecord,
  ): Promise<WebhookRecord> => {
    for (let tries = 0; tries < MAX_UPDATE_TRIES; tries++) {
      const before = await readRecord(id);
      const {
        id: _id,
        account: _account,
        createdAt: _created,
        version,
        ...after
      } = encryptRecord(change(before), cipher);
      // Named explicitly so that undefined removes them.
      const updated = await store.webhooks.update(id, version, {
        ...after,
        template: after.template,
        conditions: after.conditions,
      });
      if (updated !== null) {
        preparedWebhooks.put(updated);
        context.notifyDispatcher();
        return decryptRecord(updated, cipher);
      }
    }
    throw new HeronError("store_busy", `The webhook ${id} was changed concurrently. Retry.`);
  };
  const clearPauses = async (id: string, reasons: readonly PauseRecord["reason"][]): Promise<void> => {
    for (const reason of reasons) await store.setPause({ scope: "webhook", id, reason, durationMs: null });
    context.resetHealth(id);
    context.notifyDispatcher();
  };
  const enable = async (id: string): Promise<Webhook> => {
    const record = await updateRecord(id, (before) => ({
      ...before,
      enabled: true,
      disabledBy: null,
      failingSince: null,
      lastFailedAt: null,
    }));
    await clearPauses(id, ["circuit_open", "retry_after", "disabled"]);
    return toWebhook(record);
  };
  const update = async (id: string, changes: WebhookUpdate): Promise<Webhook> => {
    let isUrlChanged = false;
    const record = await updateRecord(id, (before) => {
      const after = applyUpdate(before, changes, egress);
      isUrlChanged = after.url !== before.url;
      return after;
    });
    if (isUrlChanged) await clearPauses(id, ["circuit_open", "retry_after"]);
    return toWebhook(record);
  };
  return {
    async create(input) {
      const record = createWebhookRecord(input, egress, now());
      await store.webhooks.create(encryptRecord(record, cipher), context.maxWebhooks);
      return { ...toWebhook(record), secret: record.secrets[0]?.value ?? "" };
    },
    get: async (id) => toWebhook(await readRecord(id)),
    async list(filter = {}, page = {}) {
      assertKnownKeys("webhooks.list", filter, { account: true });
      assertPageRequest("webhooks.list", page);
      if (filter.account !== undefined) assertAccount(filter.account);
      const { data, nextCursor } = await store.webhooks.list(filter, page);
      return { data: data.map((record) => toWebhook(decryptRecord(record, cipher))), nextCursor };
    },
    update,
    async delete(id) {
      await findRecord(id);
      if (!(await store.webhooks.delete(id))) throw createNotFoundError(id);
      preparedWebhooks.evict(id);
      context.resetHealth(id);
    },
    enable,
    disable: async (id) =>
      toWebhook(await updateRecord(id, (record) => ({ ...record, enabled: false, disabledBy: "owner" }))),
    async pauses(id) {
      const { enabled } = await readRecord(id);
      const pauses = await store.webhooks.pauses(id);
      return enabled ? pauses : [{ reason: "disabled", scope: "webhook", remainingMs: null }, ...pauses];
    },
    async secrets(id) {
      const { secrets } = await readRecord(id);
      return secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now());
    },
    async rotateSecret(id, options = {}) {
      assertKnownKeys("webhooks.rotateSecret", options, { secret: true, overlap: true });
      const { secret = createSecret(), overlap = "24h" } = options;
      assertSecret(secret);
      const overlapMs = parseDuration("overlap", overlap, { min: 0, max: MAX_OVERLAP_MS });
      await updateRecord(id, (record) => ({
        ...record,
        secrets: rotateSecrets(record.secrets, secret, overlapMs, now()),
      }));
      return { secret };
    },
    async sendTest(id, options = {}) {
      assertKnownKeys("webhooks.sendTest", options, { topic: true });
      const record = await readRecord(id);
      const examples = { topics: context.topics, labels: await store.labels.list(record.account) };
      return sendTestEvent(record, options.topic, examples, context.transport, now());
    },
    async preview(input, options = {}) {
      const record = createWebhookRecord(input, egress, now());
      return previewRequest(record, options, { store, topics: context.topics, now: now() });
    },
    async previewMatches(input) {
      assertKnownKeys("webhooks.previewMatches", input, { account: true, topics: true, conditions: true });
      if (input.account !== undefined) assertAccount(input.account);
      return previewMatches(input, store);
    },
    async recover(id, options) {
      const since = parseRecoverOptions(options, now());
      await readRecord(id);
      let total = 0;
      for (let after: string | null = null; ; ) {
        const sinceMs = Math.max(0, now() - since);
        const step: RecoverResult = await store.deliveries.recover(id, sinceMs, RECOVER_BATCH_SIZE, after);
        total += step.recovered;
        context.notifyDispatcher();
        if (step.nextCursor === null) return total;
        after = step.nextCursor;
      }
    },
    reencrypt: () => reencryptAll(store.webhooks, cipher, (id) => updateRecord(id, (before) => before)),
  };
}

function createNotFoundError(id: string): HeronError {
  return new HeronError("webhook_not_found", `There is no webhook ${JSON.stringify(id)}.`);
}
