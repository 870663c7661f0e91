import { type Duration, HeronError, type Logger, parseDuration } from "@heron-webhooks/core";
import type { NewEvent, PublishResult, RetentionLimits, Store } from "@heron-webhooks/engine";
import { assertKnownKeys, isReservedTopic, sqliteStore } from "@heron-webhooks/engine";
import { type AccountSender, createAccountSender } from "./account-sender.ts";
import { assertAccount, createSenderAccounts, type SenderAccounts } from "./accounts.ts";
import { type CloseOptions, DEFAULT_CLOSE_TIMEOUT_MS, parseCloseOptions } from "./close-options.ts";
import {
  createSenderDeliveries,
  type DeliveriesContext,
  type SenderDeliveries,
} from "./deliveries/sender-deliveries.ts";
import { createRuntime } from "./dispatch/create-runtime.ts";
import { egressOf } from "./egress/egress.ts";
import { createNewEvent, type EmitOptions, type EmitResult } from "./events/new-event.ts";
import type { TrackInput, TrackOptions } from "./events/track.ts";
import { createTracker } from "./events/tracker.ts";
import { createSenderLabels, type SenderLabels } from "./labels/sender-labels.ts";
import type { SenderOptions } from "./options.ts";
import { createSecretCipher, type SecretCipher } from "./secrets/cipher.ts";
import { parseSenderOptions, YEAR_MS } from "./settings.ts";
import { Telemetry } from "./telemetry/telemetry.ts";
import { createCatalogue, type DataIn, type TopicIn, type Topics } from "./topics/catalogue.ts";
import type { Properties } from "./users/properties.ts";
import { createSenderUsers, type SenderUsers } from "./users/sender-users.ts";
import { assertStore } from "./validate-dependencies.ts";
import {
  createSenderWebhooks,
  type SenderWebhooks,
  type WebhooksContext,
} from "./webhooks/sender-webhooks.ts";
import { createSenderWriteKeys, type SenderWriteKeys } from "./write-keys/sender-write-keys.ts";

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
  emit<Name extends TopicIn<T>>(
    topic: Name,
    data: DataIn<T, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult>;
  /**
   * Emits an event by the name that an analytics client has for it, such as "Send Email": of the topic of that name if the
   * application offers one, else of `track.send_email`, with the name in `data.event` and the properties beside it.
   * @throws HeronError `properties_invalid`, and as `emit` does
   */
  track<P extends object & Properties<P>>(name: string, options?: TrackOptions<P>): Promise<EmitResult>;
  /**
   * Tracks several. If one of them is none, nothing is emitted of any: the error's `cause.index` says which. What the store
   * refuses stands in the place of that event.
   * @throws HeronError as `track` does
   */
  trackAll(
    events: readonly TrackInput[],
    options?: Pick<TrackOptions, "account">,
  ): Promise<readonly PublishResult[]>;
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
  forAccount(account: string): AccountSender<T>;
  /** Begins to deliver. */
  start(): void;
  /**
   * Takes no more events, finishes what is under way within `timeoutMs` (default 10,000), and hands back the rest.
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
  const settings = parseSenderOptions(options);
  const { clock, maxWebhooks } = settings;
  const egress = egressOf(options.egress);
  const cipher = createCipher(options);
  const catalogue = createCatalogue(options.topics);
  const { store = createDefaultStore(settings.logger, options.logger === undefined ? "warn" : "info") } =
    options;
  assertStore(store);
  const telemetry = new Telemetry((topic) => catalogue.has(topic));
  const { publisher, preparedWebhooks, transport, endpointHealth, dispatcher, maintenance, ...runtime } =
    createRuntime({
      store,
      settings,
      egress,
      cipher,
      telemetry,
    });

  let closing: Promise<void> | null = null;
  const notifyDispatcher = (): void => dispatcher.notify();
  const createEvent = (topic: string, data: unknown, emitOptions: EmitOptions): NewEvent => {
    if (closing !== null) throw new HeronError("closed", "The sender is closing and takes no more events.");
    return createNewEvent(topic, data, emitOptions, clock.now());
  };
  const publish = (event: NewEvent, tx?: unknown): Promise<EmitResult> =>
    telemetry.traceEmit(event, (tracedEvent) => publisher.publish(tracedEvent, tx));
  const emit = (topic: string, data: unknown, emitOptions: EmitOptions): Promise<EmitResult> => {
    if (isReservedTopic(topic))
      throw new HeronError("topic_invalid", `${topic} is a topic of the sender's own: name yours otherwise.`);
    catalogue.check(topic, data);
    return publish(createEvent(topic, data, emitOptions), emitOptions.tx);
  };
  const tracker = createTracker({ catalogue, createEvent, publish });
  const webhooks: WebhooksContext = {
    store,
    preparedWebhooks,
    transport,
    egress,
    cipher,
    topics: catalogue.topics,
    maxWebhooks,
    now: () => clock.now(),
    notifyDispatcher,
    resetHealth: (id) => endpointHealth.reset(id),
  };
  const users = createSenderUsers(store);
  const labels = createSenderLabels(store, webhooks.now);
  const writeKeys = createSenderWriteKeys(store, webhooks.now);
  const deliveries: DeliveriesContext = { store, now: webhooks.now, notifyDispatcher };
  return {
    topics: options.topics ?? null,
    webhooks: createSenderWebhooks(webhooks),
    users,
    labels,
    writeKeys,
    deliveries: createSenderDeliveries(deliveries),
    accounts: createSenderAccounts(store, notifyDispatcher),
    // Not async: each layer of promises would cost every event.
    emit(topic, data, emitOptions = {}) {
      try {
        return emit(topic, data, emitOptions);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    track: async (name, trackOptions = {}) => tracker.track(name, trackOptions),
    trackAll: async (events, trackOptions = {}) => tracker.trackAll(events, trackOptions),
    forAccount(account) {
      assertAccount(account);
      return createAccountSender(account, {
        emit,
        tracker,
        users,
        labels,
        writeKeys,
        webhooks: createSenderWebhooks({ ...webhooks, account }),
        deliveries: createSenderDeliveries(deliveries, account),
      });
    },
    async prune(pruneOptions = {}) {
      if (closing !== null) throw new HeronError("closed", "The sender is closing and prunes no more.");
      return maintenance.prune(toRetentionLimits(pruneOptions, maintenance.retention));
    },
    start() {
      if (closing !== null) return;
      dispatcher.start();
      maintenance.start();
    },
    // Not async: closing again is the same closing.
    close(closeOptions = {}) {
      try {
        const timeoutMs = parseCloseOptions(closeOptions);
        closing ??= runtime.close(timeoutMs);
        return closing;
      } catch (error) {
        return Promise.reject(error);
      }
    },
    [Symbol.asyncDispose]() {
      closing ??= runtime.close(DEFAULT_CLOSE_TIMEOUT_MS);
      return closing;
    },
  };
}

function createCipher(options: Pick<SenderOptions, "encryptionKey">): SecretCipher {
  if ("encryptionKey" in options && options.encryptionKey === undefined)
    throw new HeronError(
      "option_invalid",
      "encryptionKey is there and undefined, and nothing would be sealed: an unset environment variable often arrives so. Leave it out if that is meant.",
    );
  return createSecretCipher(options.encryptionKey);
}

function toRetentionLimits(options: PruneOptions, retention: RetentionLimits): RetentionLimits {
  assertKnownKeys("prune", options, { olderThan: true });
  const { olderThan } = options;
  if (olderThan === undefined) return retention;
  return { ...retention, maxAgeMs: parseDuration("olderThan", olderThan, { min: 0, max: YEAR_MS }) };
}

/** Says where: who has not chosen a file should know of it, even if nothing else is logged. */
function createDefaultStore(logger: Logger, level: "warn" | "info"): Store {
  const path = process.env["HERON_DB"] || "./heron.db";
  logger[level]({ path }, "heron-webhooks: webhooks and deliveries are kept in this file");
  return sqliteStore(path);
}
