import { type Duration, HeronError, milliseconds } from "@heron-webhooks/core";
import type {
  GateRecord,
  Page,
  PageRequest,
  Recovered,
  SecretRecord,
  Store,
  WebhookRecord,
} from "@heron-webhooks/engine";
import { checkNames, checkPage } from "@heron-webhooks/engine";
import { checkAccount } from "../accounts.ts";
import type { Egress } from "../egress/egress.ts";
import type { Transport } from "../engine/attempt.ts";
import type { OutgoingWebhooks } from "../engine/outgoing.ts";
import type { Seal } from "../secrets/seal.ts";
import { openRecord, sealRecord } from "../secrets/sealed-record.ts";
import type { Topics } from "../topics/catalogue.ts";
import { changed, type WebhookChanges, type WebhookInput, webhookOf } from "./input.ts";
import { type Matching, type MatchingInput, matchingOf } from "./matching.ts";
import { type Preview, type PreviewOptions, previewOf } from "./preview.ts";
import { resealAll } from "./reseal.ts";
import { checkSecret, newSecret, rotated } from "./secret.ts";
import { type RecoverOptions, sinceOf } from "./since.ts";
import { type TestResult, tryOut } from "./trial.ts";
import { type NewWebhook, type Webhook, webhookFrom } from "./webhook.ts";

/** The webhooks of a sender's accounts. Each operation on one throws `webhook_not_found` if it is not there. */
export interface SenderWebhooks {
  /**
   * @throws HeronError `url_invalid`, `address_forbidden`, `pattern_invalid`, `condition_invalid`, `header_invalid`,
   * `template_invalid`, `secret_invalid`, `option_invalid`, `limit_reached`
   */
  create(input: WebhookInput): Promise<NewWebhook>;
  get(id: string): Promise<Webhook>;
  /** In the order in which they were made. */
  list(filter?: { readonly account?: string | undefined }, page?: PageRequest): Promise<Page<Webhook>>;
  /** Changes what is given and leaves the rest. @throws HeronError as `create` does */
  update(id: string, changes: WebhookChanges): Promise<Webhook>;
  /** Removes it, and what it is owed. */
  remove(id: string): Promise<void>;
  /** Takes up deliveries again, whoever had disabled it: its gates are opened, and it has a clean slate. */
  enable(id: string): Promise<Webhook>;
  /** It gets no new deliveries, and its pending ones wait. */
  disable(id: string): Promise<Webhook>;
  /** Why nothing is delivered to it for now: its closed gates and its account's. */
  gates(id: string): Promise<readonly GateRecord[]>;
  /** What it is signed with now: the first makes `Heron-Signature`, each of them `webhook-signature`. */
  secrets(id: string): Promise<readonly SecretRecord[]>;
  /**
   * Gives it a new secret, made here unless given. For as long as `overlap` (default `"24h"`) the old one signs too;
   * 0 if it has leaked.
   * @throws HeronError `secret_invalid`, `limit_reached`, `option_invalid`
   */
  rotateSecret(
    id: string,
    options?: { readonly secret?: string | undefined; readonly overlap?: Duration | undefined },
  ): Promise<{ readonly secret: string }>;
  /** Sends it the example of a topic, marked `meta.test`, and gives back what came of it. */
  test(id: string, options?: { readonly topic?: string | undefined }): Promise<TestResult>;
  /**
   * What a webhook like this would be sent: of the example of a topic, or of a delivery's event. Nothing is sent, or kept.
   * @throws HeronError as `create` does, and `topic_invalid`, `topic_unknown`, `delivery_not_found`, `template_missing`
   */
  preview(input: WebhookInput, options?: PreviewOptions): Promise<Preview>;
  /**
   * What of the newest events such patterns and conditions would have chosen, for whoever is about to save them.
   * @throws HeronError `pattern_invalid`, `condition_invalid`, `option_invalid`
   */
  matching(input: MatchingInput): Promise<Matching>;
  /**
   * Makes dead deliveries pending again, and those that it missed, of events since then: a time, or how long ago. Says how
   * many: no more than its account may have pending.
   */
  recover(id: string, options: RecoverOptions): Promise<number>;
  /** Seals whatever is not sealed with the current `encryptionKey`. Says of how many webhooks. */
  reseal(): Promise<number>;
}

/** What the webhooks of a sender rest on. */
export interface WebhooksContext {
  readonly store: Store;
  readonly outgoing: OutgoingWebhooks;
  readonly transport: Transport;
  readonly egress: Egress;
  readonly seal: Seal;
  readonly topics: Topics | null;
  readonly maxWebhooks: number;
  /** Whose alone can be found; left out for everybody's. */
  readonly account?: string;
  readonly now: () => number;
  /** Something may be claimable. */
  readonly wake: () => void;
  /** How a webhook has been doing counts no more. */
  readonly forgive: (id: string) => void;
}

/** How often a change is tried again that somebody else's change got in the way of. */
const MOST_TRIES = 10;
/** How many deliveries are recovered in one step, so that others are not kept waiting. */
const RECOVERED_AT_ONCE = 1000;
const LONGEST = 365 * 86_400_000;

export function senderWebhooks(context: WebhooksContext): SenderWebhooks {
  const { store, outgoing, seal, egress, now, account } = context;
  const find = async (id: string): Promise<WebhookRecord> => {
    const record = typeof id === "string" ? await store.webhooks.get(id) : null;
    if (record === null || (account !== undefined && record.account !== account)) throw notFound(id);
    return record;
  };
  const read = async (id: string): Promise<WebhookRecord> => openRecord(await find(id), seal);
  const write = async (
    id: string,
    change: (record: WebhookRecord) => WebhookRecord,
  ): Promise<WebhookRecord> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const before = await read(id);
      const {
        id: _id,
        account: _account,
        created: _created,
        version,
        ...after
      } = sealRecord(change(before), seal);
      // Written out even where it is gone, so that it goes.
      const updated = await store.webhooks.update(id, version, {
        ...after,
        body: after.body,
        when: after.when,
      });
      if (updated !== null) {
        outgoing.keep(updated);
        context.wake();
        return openRecord(updated, seal);
      }
    }
    throw new HeronError("store_busy", `The webhook ${id} is being changed by many at once: try again.`);
  };
  const forgive = async (id: string, gates: readonly GateRecord["gate"][]): Promise<void> => {
    for (const gate of gates) await store.gate({ scope: "webhook", id, gate, closedMs: null });
    context.forgive(id);
    context.wake();
  };
  const enable = async (id: string): Promise<Webhook> => {
    const record = await write(id, (before) => ({
      ...before,
      enabled: true,
      disabledBy: null,
      failingSince: null,
      failedAt: null,
    }));
    await forgive(id, ["circuit", "retry-after", "disabled"]);
    return webhookFrom(record);
  };
  const update = async (id: string, changes: WebhookChanges): Promise<Webhook> => {
    let moved = false;
    const record = await write(id, (before) => {
      const after = changed(before, changes, egress);
      moved = after.url !== before.url;
      return after;
    });
    if (moved) await forgive(id, ["circuit", "retry-after"]);
    return webhookFrom(record);
  };
  return {
    async create(input) {
      const record = webhookOf(input, egress, now());
      await store.webhooks.create(sealRecord(record, seal), context.maxWebhooks);
      return { ...webhookFrom(record), secret: record.secrets[0]?.value ?? "" };
    },
    get: async (id) => webhookFrom(await read(id)),
    async list(filter = {}, page = {}) {
      checkNames("webhooks.list", filter, { account: true });
      checkPage("webhooks.list", page);
      if (filter.account !== undefined) checkAccount(filter.account);
      const { items, next } = await store.webhooks.list(filter, page);
      return { items: items.map((record) => webhookFrom(openRecord(record, seal))), next };
    },
    update,
    async remove(id) {
      await find(id);
      if (!(await store.webhooks.remove(id))) throw notFound(id);
      outgoing.forget(id);
      context.forgive(id);
    },
    enable,
    disable: async (id) =>
      webhookFrom(await write(id, (record) => ({ ...record, enabled: false, disabledBy: "owner" }))),
    async gates(id) {
      const { enabled } = await read(id);
      const gates = await store.webhooks.gates(id);
      return enabled ? gates : [{ gate: "disabled", scope: "webhook", closedMs: null }, ...gates];
    },
    async secrets(id) {
      const { secrets } = await read(id);
      return secrets.filter(({ until }) => until === null || until > now());
    },
    async rotateSecret(id, options = {}) {
      checkNames("webhooks.rotateSecret", options, { secret: true, overlap: true });
      const { secret = newSecret(), overlap = "24h" } = options;
      checkSecret(secret);
      const overlapMs = milliseconds("overlap", overlap, { min: 0, max: LONGEST });
      await write(id, (record) => ({
        ...record,
        secrets: rotated(record.secrets, secret, overlapMs, now()),
      }));
      return { secret };
    },
    async test(id, options = {}) {
      checkNames("webhooks.test", options, { topic: true });
      const record = await read(id);
      const examples = { topics: context.topics, labels: await store.labels.list(record.account) };
      return tryOut(record, options.topic, examples, context.transport, now());
    },
    async preview(input, options = {}) {
      const record = webhookOf(input, egress, now());
      return previewOf(record, options, { store, topics: context.topics, now: now() });
    },
    async matching(input) {
      checkNames("webhooks.matching", input, { account: true, topics: true, when: true });
      if (input.account !== undefined) checkAccount(input.account);
      return matchingOf(input, store);
    },
    async recover(id, options) {
      const from = sinceOf(options, now());
      await read(id);
      let total = 0;
      for (let after: string | null = null; ; ) {
        const sinceMs = Math.max(0, now() - from);
        const step: Recovered = await store.deliveries.recover(id, sinceMs, RECOVERED_AT_ONCE, after);
        total += step.recovered;
        context.wake();
        if (step.next === null) return total;
        after = step.next;
      }
    },
    reseal: () => resealAll(store.webhooks, seal, (id) => write(id, (before) => before)),
  };
}

function notFound(id: string): HeronError {
  return new HeronError("webhook_not_found", `There is no webhook ${JSON.stringify(id)}.`);
}
