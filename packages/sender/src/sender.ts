import { type Duration, HeronError, type Logger } from "@heron-webhooks/core";
import { parseDuration } from "@heron-webhooks/core/internal";
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

/** Sends webhooks to the customers of an application. */
export interface Sender<T extends Topics = Topics> {
  /** The topics of the catalogue; null if any topic may be emitted. */
  readonly topics: T | null;
  readonly webhooks: SenderWebhooks;
  readonly users: SenderUsers;
  /** Labels derive events of their own from events that match. */
  readonly labels: SenderLabels;
  /** Keys with which a program may write events of one account. */
  readonly writeKeys: SenderWriteKeys;
  readonly deliveries: SenderDeliveries;
  readonly accounts: SenderAccounts;
  /**
   * Publishes an event to every matching webhook of the account. Resolves when the event is durable: it is then
   * delivered, or ends as a dead delivery.
   * @throws HeronError `topic_invalid`, `topic_unknown`, `schema_mismatch`, `invalid_event`, `event_too_large`,
   * `limit_reached`, `closed`, and what the store throws
   */
  emit<Name extends TopicIn<T>>(
    topic: Name,
    data: DataIn<T, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult>;
  /**
   * Emits an event by its name in an analytics client, such as "Send Email". The topic is that name if the application
   * offers it, else `track.send_email` with the name in `data.event` beside the properties.
   * @throws HeronError `properties_invalid`, and as `emit` does
   */
  track<P extends object & Properties<P>>(name: string, options?: TrackOptions<P>): Promise<EmitResult>;
  /**
   * Tracks several events. If one is invalid, none is emitted, and the error's `cause.index` is its index. An event
   * that the store rejects has its error in the result.
   * @throws HeronError as `track` does
   */
  trackAll(
    events: readonly TrackInput[],
    options?: Pick<TrackOptions, "account">,
  ): Promise<readonly PublishResult[]>;
  /**
   * Prunes events beyond the retention limits now, except those with pending deliveries. A started sender does so
   * periodically. Returns the number of events.
   * @throws HeronError `option_invalid`, `closed`
   */
  prune(options?: PruneOptions): Promise<number>;
  /**
   * A sender limited to one account: it can neither read nor change data of other accounts.
   * @throws HeronError `option_invalid`
   */
  forAccount(account: string): AccountSender<T>;
  /** Starts to deliver. */
  start(): void;
  /**
   * Stops accepting events, waits up to `timeout` (default 10,000 ms) for attempts in flight, and releases the rest.
   * @throws HeronError `option_invalid`; the sender stays open
   */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PruneOptions {
  /** Prune events that are older. Default: the sender's `keepFor`. */
  readonly olderThan?: Duration | undefined;
}

/**
 * Creates a sender. `emit` works at once; deliveries begin with `start()`.
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
    if (closing !== null) throw new HeronError("closed", "The sender is closing and accepts no more events.");
    return createNewEvent(topic, data, emitOptions, clock.now());
  };
  const publish = (event: NewEvent, tx?: unknown): Promise<EmitResult> =>
    telemetry.traceEmit(event, (tracedEvent) => publisher.publish(tracedEvent, tx));
  const emit = (topic: string, data: unknown, emitOptions: EmitOptions): Promise<EmitResult> => {
    if (isReservedTopic(topic))
      throw new HeronError(
        "topic_invalid",
        `The topic ${topic} is reserved for the sender. Choose another name.`,
      );
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
    // Not async: each additional promise costs every event.
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
      if (closing !== null) throw new HeronError("closed", "The sender is closing.");
      return maintenance.prune(toRetentionLimits(pruneOptions, maintenance.retention));
    },
    start() {
      if (closing !== null) return;
      dispatcher.start();
      maintenance.start();
    },
    // Not async: a second call returns the same promise.
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
      "encryptionKey is undefined, so nothing would be encrypted. Check for an unset environment variable, or leave the option out.",
    );
  return createSecretCipher(options.encryptionKey);
}

function toRetentionLimits(options: PruneOptions, retention: RetentionLimits): RetentionLimits {
  assertKnownKeys("prune", options, { olderThan: true });
  const { olderThan } = options;
  if (olderThan === undefined) return retention;
  return { ...retention, maxAgeMs: parseDuration("olderThan", olderThan, { min: 0, max: YEAR_MS }) };
}

/** Logged because the operator has not chosen this path. */
function createDefaultStore(logger: Logger, level: "warn" | "info"): Store {
  const path = process.env["HERON_DB"] || "./heron.db";
  logger[level]({ path }, "heron-webhooks: using the SQLite store");
  return sqliteStore(path);
}
