import { randomUUID } from "node:crypto";
import {
  type Clock,
  consoleLogger,
  createEvent,
  eventText,
  HeronError,
  type Logger,
  type RetrySchedule,
  retrySchedules,
  systemClock,
} from "@heron-webhooks/core";
import { type EgressOptions, egressOf } from "./egress/egress.ts";
import { createTransport } from "./engine/attempt.ts";
import { Engine } from "./engine/engine.ts";
import { HEALTH } from "./engine/health.ts";
import { OutgoingWebhooks } from "./engine/outgoing.ts";
import { Publisher } from "./engine/publisher.ts";
import type { EngineHooks, EngineSettings } from "./engine/settings.ts";
import { Worker } from "./engine/work.ts";
import { LONGEST_EVENT, MOST_WEBHOOKS } from "./limits.ts";
import { sqliteStore } from "./sqlite/sqlite-store.ts";
import type { WebhookRecord } from "./store/records.ts";
import type { DeliveryStore, Published, Store, UserStore } from "./store/store.ts";
import { type WebhookInput, webhookOf } from "./webhooks/input.ts";

export interface SenderOptions {
  /** Default: `sqliteStore`, in the file that `HERON_DB` names, or `./heron.db`. */
  readonly store?: Store | undefined;
  readonly egress?: EgressOptions | undefined;
  /** Default: `retrySchedules.standard`. */
  readonly schedule?: RetrySchedule | undefined;
  /** How many attempts may be under way at once. Default 64. */
  readonly slots?: number | undefined;
  /** How long an attempt may take, in milliseconds. Default 15,000. */
  readonly timeoutMs?: number | undefined;
  readonly hooks?: EngineHooks | undefined;
  readonly logger?: Logger | undefined;
  /** For tests. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

export interface EmitOptions {
  /** Default `"default"`. */
  readonly account?: string | undefined;
  readonly meta?: Record<string, unknown> | null | undefined;
  /** The user it is about, whose properties templates read. */
  readonly user?: string | undefined;
  /** The event's own id: emitted again with the same one, it changes nothing. Default: a new one. */
  readonly id?: string | undefined;
}

/** Webhooks that an application offers its own customers. */
export interface Sender {
  readonly webhooks: {
    create(input: WebhookInput): Promise<WebhookRecord>;
    get(id: string): Promise<WebhookRecord>;
    remove(id: string): Promise<void>;
  };
  readonly users: Pick<UserStore, "get">;
  readonly deliveries: Pick<DeliveryStore, "get" | "list">;
  /**
   * Publishes an event to every webhook of the account that matches. Resolves when it is durable: from then on it is
   * delivered, or visibly dead.
   * @throws HeronError `topic_invalid`, `invalid_event`, `event_too_large`, `limit_reached`, `closed`, and what the
   * store throws
   */
  emit(
    topic: string,
    data: unknown,
    options?: EmitOptions,
  ): Promise<Exclude<Published, { readonly refused: HeronError }>>;
  /** Begins to deliver. */
  start(): void;
  /** Takes no more events, finishes what is under way within `graceMs` (default 10,000), and hands back the rest. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Topics of the sender's own, which nobody else may emit. */
const OWN_TOPICS = /^(?:webhook|label)\./;

/** @throws HeronError `option_invalid` */
export function createSender(options: SenderOptions = {}): Sender {
  const { clock = systemClock, logger = consoleLogger, timeoutMs = 15_000 } = options;
  const { store = storeByDefault(logger) } = options;
  const egress = egressOf(options.egress);
  const settings: EngineSettings = {
    slots: options.slots ?? 64,
    leaseMs: Math.max(30_000, 2 * timeoutMs),
    pollMs: 5000,
    schedule: options.schedule ?? retrySchedules.standard,
    expireMs: 72 * 3_600_000,
    health: HEALTH,
    clock,
    logger,
    random: Math.random,
    hooks: options.hooks ?? {},
  };
  const outgoing = new OutgoingWebhooks(store, (kept) => kept);
  const cancelled = new AbortController();
  const transport = createTransport({
    ...egress,
    timeoutMs,
    connectMs: timeoutMs,
    answerBytes: 4096,
    connections: 64,
    signal: cancelled.signal,
  });
  const engine = new Engine(
    store,
    new Worker(store, outgoing, transport, settings).work,
    settings,
    cancelled,
  );
  const publisher = new Publisher(store, () => engine.wake());
  let closing: Promise<void> | null = null;

  const close = async (graceMs: number): Promise<void> => {
    await publisher.close();
    await engine.close(graceMs);
    await transport.close();
    await store.close();
  };

  return {
    webhooks: {
      async create(input) {
        const record = webhookOf(input, egress, clock.now());
        await store.webhooks.create(record, MOST_WEBHOOKS);
        return record;
      },
      async get(id) {
        const record = await store.webhooks.get(id);
        if (record === null) throw notFound(id);
        return record;
      },
      async remove(id) {
        if (!(await store.webhooks.remove(id))) throw notFound(id);
        outgoing.forget(id);
      },
    },
    users: store.users,
    deliveries: store.deliveries,
    async emit(topic, data, { account = "default", meta = null, user, id } = {}) {
      if (closing !== null) throw new HeronError("closed", "The sender is closing and takes no more events.");
      if (OWN_TOPICS.test(topic))
        throw new HeronError(
          "topic_invalid",
          `${topic} is a topic of the sender's own: name yours otherwise.`,
        );
      const event = createEvent({
        topic,
        data,
        meta,
        created: new Date(clock.now()),
        id: id ?? `evt_${randomUUID().replaceAll("-", "")}`,
      });
      const body = eventText(event);
      // A UTF-16 unit is at most three bytes of UTF-8, so most events need no counting.
      if (body.length * 3 > LONGEST_EVENT && Buffer.byteLength(body, "utf8") > LONGEST_EVENT)
        throw new HeronError(
          "event_too_large",
          `The event is ${Buffer.byteLength(body, "utf8")} bytes, and at most ${LONGEST_EVENT} are taken: send less, or where the rest can be fetched.`,
        );
      return publisher.publish({
        account,
        id: event.id as string,
        idempotent: id !== undefined,
        topic,
        body,
        user: user ?? null,
        webhook: null,
      });
    },
    start: () => engine.start(),
    close({ graceMs = 10_000 } = {}) {
      closing ??= close(graceMs);
      return closing;
    },
    [Symbol.asyncDispose]() {
      closing ??= close(10_000);
      return closing;
    },
  };
}

function storeByDefault(logger: Logger): Store {
  const path = process.env["HERON_DB"] || "./heron.db";
  logger.info({ path }, "heron-webhooks: webhooks and deliveries are kept in this file");
  return sqliteStore(path);
}

function notFound(id: string): HeronError {
  return new HeronError("webhook_not_found", `There is no webhook ${JSON.stringify(id)}.`);
}
