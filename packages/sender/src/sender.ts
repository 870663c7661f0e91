import { consoleLogger, type Duration, HeronError, type Logger, milliseconds } from "@heron-webhooks/core";
import { type SenderAccounts, senderAccounts } from "./accounts.ts";
import { type SenderDeliveries, senderDeliveries } from "./deliveries/sender-deliveries.ts";
import { egressOf } from "./egress/egress.ts";
import { createTransport } from "./engine/attempt.ts";
import { Engine } from "./engine/engine.ts";
import { OutgoingWebhooks } from "./engine/outgoing.ts";
import { Publisher } from "./engine/publisher.ts";
import { type Announce, Standing } from "./engine/standing.ts";
import { Worker } from "./engine/work.ts";
import { Ageing } from "./events/ageing.ts";
import { type EmitOptions, newEvent } from "./events/new-event.ts";
import { checkNames } from "./names.ts";
import type { SenderOptions } from "./options.ts";
import { sealWith } from "./secrets/seal.ts";
import { settingsOf, YEAR } from "./settings.ts";
import { sqliteStore } from "./sqlite/sqlite-store.ts";
import type { ExpiredDelivery, Published, Store } from "./store/store.ts";
import { Telemetry } from "./telemetry/telemetry.ts";
import { catalogueOf, type DataIn, type TopicIn, type Topics } from "./topics/catalogue.ts";
import { isOwnTopic } from "./topics/subscribed.ts";
import { type SenderUsers, senderUsers } from "./users/sender-users.ts";
import { type SenderWebhooks, senderWebhooks } from "./webhooks/sender-webhooks.ts";

/** What `emit` made. */
export type Emitted = Exclude<Published, { readonly refused: HeronError }>;

/** Webhooks that an application offers its own customers. */
export interface Sender<T extends Topics = Topics> {
  /** The topics that it offers; null if any may be emitted. */
  readonly topics: T | null;
  readonly webhooks: SenderWebhooks;
  readonly users: SenderUsers;
  readonly deliveries: SenderDeliveries;
  readonly accounts: SenderAccounts;
  /**
   * Publishes an event to every webhook of the account that matches. Resolves when it is durable: from then on it is
   * delivered, or visibly dead.
   * @throws HeronError `topic_invalid`, `topic_unknown`, `schema_mismatch`, `invalid_event`, `event_too_large`,
   * `limit_reached`, `closed`, and what the store throws
   */
  emit<Name extends TopicIn<T>>(topic: Name, data: DataIn<T, Name>, options?: EmitOptions): Promise<Emitted>;
  /**
   * Takes away, now, events that are kept no longer, with what became of them; none that is still owed. It does so by
   * itself once it is started. Says how many.
   * @throws HeronError `option_invalid`
   */
  prune(options?: PruneOptions): Promise<number>;
  /** Begins to deliver. */
  start(): void;
  /** Takes no more events, finishes what is under way within `graceMs` (default 10,000), and hands back the rest. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PruneOptions {
  /** Those that are older. Default: the sender's `keepFor`. */
  readonly olderThan?: Duration | undefined;
}

const GRACE = 10_000;

/**
 * Makes a sender: `emit` publishes at once, and what is owed is delivered once it is started.
 * @throws HeronError `option_invalid`, `topic_invalid`
 */
export function createSender<T extends Topics = Topics>(options: SenderOptions<T> = {}): Sender<T> {
  const settings = settingsOf(options);
  const { clock, logger, timeoutMs, answerBytes, maxWebhooks } = settings;
  const egress = egressOf(options.egress);
  if ("encryptionKey" in options && options.encryptionKey === undefined)
    throw new HeronError(
      "option_invalid",
      "encryptionKey is there and undefined, and nothing would be sealed: an unset environment variable often arrives so. Leave it out if that is meant.",
    );
  const seal = sealWith(options.encryptionKey);
  const catalogue = catalogueOf(options.topics);
  const store = options.store ?? storeByDefault(options.logger);

  const cancelled = new AbortController();
  const { signal } = cancelled;
  const transport = createTransport({
    ...egress,
    timeoutMs,
    connectMs: timeoutMs,
    answerBytes,
    connections: settings.slots,
    signal,
  });
  const telemetry = new Telemetry((topic) => catalogue.has(topic));
  const outgoing = new OutgoingWebhooks(store, seal);
  const publisher = new Publisher(store, () => engine.wake());
  const announce: Announce = async (reason, webhook, version) => {
    const { id: webhookId, failingSince } = webhook;
    const since = failingSince === null ? null : new Date(failingSince).toISOString();
    const data = { webhook: webhookId, reason, failing_since: since };
    const id = `evt_disabled_${webhookId}_${version}`;
    await publisher.publish(
      newEvent("webhook.disabled", data, { account: webhook.account, id }, clock.now()),
    );
  };
  const standing = new Standing({ store, webhooks: outgoing, settings, telemetry, announce });
  const { work } = new Worker({ webhooks: outgoing, transport, settings, telemetry, standing });
  const engine = new Engine({ store, work, settings, telemetry, cancelled });
  const keep = { olderThanMs: settings.keepMs, bytes: settings.keepBytes };
  const expired = ({ topic }: ExpiredDelivery): void => telemetry.settled("dead", topic);
  const ageing = new Ageing({ store, expireMs: settings.expireMs, keep, clock, logger, expired });

  const emit = (topic: string, data: unknown, emitOptions: EmitOptions): Promise<Emitted> => {
    if (closing !== null) throw new HeronError("closed", "The sender is closing and takes no more events.");
    if (isOwnTopic(topic))
      throw new HeronError("topic_invalid", `${topic} is a topic of the sender's own: name yours otherwise.`);
    catalogue.check(topic, data);
    const event = newEvent(topic, data, emitOptions, clock.now());
    return telemetry.emit(event, (traced) => publisher.publish(traced, emitOptions.tx));
  };
  const wake = (): void => engine.wake();
  let closing: Promise<void> | null = null;
  const close = async (graceMs: number): Promise<void> => {
    await publisher.close();
    await engine.close(graceMs);
    await publisher.close();
    await ageing.close();
    // A test that is under way is nobody's delivery.
    cancelled.abort();
    await transport.close();
    await store.close();
  };
  return {
    topics: options.topics ?? null,
    webhooks: senderWebhooks({
      store,
      outgoing,
      transport,
      egress,
      seal,
      topics: catalogue.topics,
      maxWebhooks,
      now: () => clock.now(),
      wake,
      forgive: (id) => standing.forgive(id),
    }),
    users: senderUsers(store),
    deliveries: senderDeliveries(store, wake),
    accounts: senderAccounts(store, wake),
    // Not async: each layer of promises would cost every event.
    emit(topic, data, emitOptions = {}) {
      try {
        return emit(topic, data, emitOptions);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    async prune(pruneOptions = {}) {
      checkNames("prune", pruneOptions, { olderThan: true });
      const { olderThan } = pruneOptions;
      return ageing.prune(
        olderThan === undefined
          ? keep
          : { ...keep, olderThanMs: milliseconds("olderThan", olderThan, { min: 0, max: YEAR }) },
      );
    },
    start() {
      if (closing !== null) return;
      engine.start();
      ageing.start();
    },
    close({ graceMs = GRACE } = {}) {
      closing ??= close(graceMs);
      return closing;
    },
    [Symbol.asyncDispose]() {
      closing ??= close(GRACE);
      return closing;
    },
  };
}

/** Says where: who has not chosen a file should know of it, even if nothing else is logged. */
function storeByDefault(logger: Logger | undefined): Store {
  const path = process.env["HERON_DB"] || "./heron.db";
  const said = "heron-webhooks: webhooks and deliveries are kept in this file";
  if (logger === undefined) consoleLogger.warn({ path }, said);
  else logger.info({ path }, said);
  return sqliteStore(path);
}
