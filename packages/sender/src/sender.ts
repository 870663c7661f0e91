import { type Duration, HeronError, type Logger, milliseconds } from "@heron-webhooks/core";
import type { KeepLimits, NewEvent, Published, Store } from "@heron-webhooks/engine";
import { checkNames, isOwnTopic, sqliteStore } from "@heron-webhooks/engine";
import { type AccountSender, accountSender } from "./account-sender.ts";
import { checkAccount, type SenderAccounts, senderAccounts } from "./accounts.ts";
import {
  type DeliveriesContext,
  type SenderDeliveries,
  senderDeliveries,
} from "./deliveries/sender-deliveries.ts";
import { egressOf } from "./egress/egress.ts";
import { assemble } from "./engine/assembly.ts";
import { type EmitOptions, type Emitted, newEvent } from "./events/new-event.ts";
import type { TrackInput, TrackOptions } from "./events/track.ts";
import { tracker } from "./events/tracker.ts";
import { type CloseOptions, GRACE, graceOf } from "./grace.ts";
import { type SenderLabels, senderLabels } from "./labels/sender-labels.ts";
import type { SenderOptions } from "./options.ts";
import { checkStore } from "./parts.ts";
import { type Seal, sealWith } from "./secrets/seal.ts";
import { settingsOf, YEAR } from "./settings.ts";
import { Telemetry } from "./telemetry/telemetry.ts";
import { catalogueOf, type DataIn, type TopicIn, type Topics } from "./topics/catalogue.ts";
import type { Properties } from "./users/properties.ts";
import { type SenderUsers, senderUsers } from "./users/sender-users.ts";
import { type SenderWebhooks, senderWebhooks, type WebhooksContext } from "./webhooks/sender-webhooks.ts";
import { type SenderWriteKeys, senderWriteKeys } from "./write-keys/sender-write-keys.ts";

/** Webhooks that an application offers its own customers. */
export interface Sender<T extends Topics = Topics> {
  /** The topics that it offers; null if any may be emitted. */
  readonly topics: T | null;
  readonly webhooks: SenderWebhooks;
  readonly users: SenderUsers;
  /** Names for raw events, which make events of their own. */
  readonly labels: SenderLabels;
  /** What lets a program write events of an account. */
  readonly writeKeys: SenderWriteKeys;
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
   * Emits an event by the name that an analytics client has for it, such as "Send Email": of the topic of that name if the
   * application offers one, else of `track.send_email`, with the name in `data.event` and the properties beside it.
   * @throws HeronError `properties_invalid`, and as `emit` does
   */
  track<P extends object & Properties<P>>(name: string, options?: TrackOptions<P>): Promise<Emitted>;
  /**
   * Tracks several. If one of them is none, nothing is emitted of any: the error's `cause.index` says which. What the store
   * refuses stands in the place of that event.
   * @throws HeronError as `track` does
   */
  trackAll(
    events: readonly TrackInput[],
    options?: Pick<TrackOptions, "account">,
  ): Promise<readonly Published[]>;
  /**
   * Takes away, now, events that are kept no longer, with what became of them; none that is still owed. It does so by
   * itself once it is started. Says how many.
   * @throws HeronError `option_invalid`, `closed`
   */
  prune(options?: PruneOptions): Promise<number>;
  /**
   * What it does for one account: nothing of any other's can be seen or changed with it, whatever ids it is given.
   * @throws HeronError `option_invalid`
   */
  for(account: string): AccountSender<T>;
  /** Begins to deliver. */
  start(): void;
  /**
   * Takes no more events, finishes what is under way within `graceMs` (default 10,000), and hands back the rest.
   * @throws HeronError `option_invalid`; it stays open
   */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PruneOptions {
  /** Those that are older. Default: the sender's `keepFor`. */
  readonly olderThan?: Duration | undefined;
}

/**
 * Makes a sender: `emit` publishes at once, and what is owed is delivered once it is started.
 * @throws HeronError `option_invalid`, `topic_invalid`
 */
export function createSender<T extends Topics = Topics>(options: SenderOptions<T> = {}): Sender<T> {
  const settings = settingsOf(options);
  const { clock, maxWebhooks } = settings;
  const egress = egressOf(options.egress);
  const seal = sealOf(options);
  const catalogue = catalogueOf(options.topics);
  const { store = storeByDefault(settings.logger, options.logger === undefined ? "warn" : "info") } = options;
  checkStore(store);
  const telemetry = new Telemetry((topic) => catalogue.has(topic));
  const { publisher, outgoing, transport, standing, engine, ageing, ...parts } = assemble({
    store,
    settings,
    egress,
    seal,
    telemetry,
  });

  let closing: Promise<void> | null = null;
  const wake = (): void => engine.wake();
  const made = (topic: string, data: unknown, emitOptions: EmitOptions): NewEvent => {
    if (closing !== null) throw new HeronError("closed", "The sender is closing and takes no more events.");
    return newEvent(topic, data, emitOptions, clock.now());
  };
  const publish = (event: NewEvent, tx?: unknown): Promise<Emitted> =>
    telemetry.emit(event, (traced) => publisher.publish(traced, tx));
  const emit = (topic: string, data: unknown, emitOptions: EmitOptions): Promise<Emitted> => {
    if (isOwnTopic(topic))
      throw new HeronError("topic_invalid", `${topic} is a topic of the sender's own: name yours otherwise.`);
    catalogue.check(topic, data);
    return publish(made(topic, data, emitOptions), emitOptions.tx);
  };
  const tracking = tracker({ catalogue, made, publish });
  const webhooks: WebhooksContext = {
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
  };
  const users = senderUsers(store);
  const labels = senderLabels(store, webhooks.now);
  const writeKeys = senderWriteKeys(store, webhooks.now);
  const deliveries: DeliveriesContext = { store, now: webhooks.now, wake };
  return {
    topics: options.topics ?? null,
    webhooks: senderWebhooks(webhooks),
    users,
    labels,
    writeKeys,
    deliveries: senderDeliveries(deliveries),
    accounts: senderAccounts(store, wake),
    // Not async: each layer of promises would cost every event.
    emit(topic, data, emitOptions = {}) {
      try {
        return emit(topic, data, emitOptions);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    track: async (name, trackOptions = {}) => tracking.track(name, trackOptions),
    trackAll: async (events, trackOptions = {}) => tracking.trackAll(events, trackOptions),
    for(account) {
      checkAccount(account);
      return accountSender(account, {
        emit,
        tracking,
        users,
        labels,
        writeKeys,
        webhooks: senderWebhooks({ ...webhooks, account }),
        deliveries: senderDeliveries(deliveries, account),
      });
    },
    async prune(pruneOptions = {}) {
      if (closing !== null) throw new HeronError("closed", "The sender is closing and prunes no more.");
      return ageing.prune(keepOf(pruneOptions, ageing.keep));
    },
    start() {
      if (closing !== null) return;
      engine.start();
      ageing.start();
    },
    // Not async: closing again is the same closing.
    close(closeOptions = {}) {
      try {
        const graceMs = graceOf(closeOptions);
        closing ??= parts.close(graceMs);
        return closing;
      } catch (error) {
        return Promise.reject(error);
      }
    },
    [Symbol.asyncDispose]() {
      closing ??= parts.close(GRACE);
      return closing;
    },
  };
}

function sealOf(options: Pick<SenderOptions, "encryptionKey">): Seal {
  if ("encryptionKey" in options && options.encryptionKey === undefined)
    throw new HeronError(
      "option_invalid",
      "encryptionKey is there and undefined, and nothing would be sealed: an unset environment variable often arrives so. Leave it out if that is meant.",
    );
  return sealWith(options.encryptionKey);
}

function keepOf(options: PruneOptions, keep: KeepLimits): KeepLimits {
  checkNames("prune", options, { olderThan: true });
  const { olderThan } = options;
  if (olderThan === undefined) return keep;
  return { ...keep, olderThanMs: milliseconds("olderThan", olderThan, { min: 0, max: YEAR }) };
}

/** Says where: who has not chosen a file should know of it, even if nothing else is logged. */
function storeByDefault(logger: Logger, level: "warn" | "info"): Store {
  const path = process.env["HERON_DB"] || "./heron.db";
  logger[level]({ path }, "heron-webhooks: webhooks and deliveries are kept in this file");
  return sqliteStore(path);
}
