import type { Logger } from "@heron-webhooks/core";
import type { AccountSender, Delivery } from "@heron-webhooks/sender";

/** How often it is looked what became of the newest deliveries, in milliseconds; and of how many. */
const POLL_INTERVAL_MS = 1000;
const MAX_POLLED_DELIVERIES = 100;

export interface Subscriber {
  /** Deliveries that are new, or not as they were. */
  onChange(deliveries: readonly Delivery[]): void;
  /** Whether the store answers; from the first time on, what happens is told. */
  onStoreState(isReachable: boolean): void;
}

/**
 * What happens to an account's newest deliveries, for as long as somebody watches. The store is asked, since whoever
 * delivers may be another process; once for all who watch.
 */
export class DeliveryFeed {
  readonly #sender: AccountSender;
  readonly #logger: Logger;
  readonly #subscribers = new Set<Subscriber>();
  #statesById: ReadonlyMap<string, string> | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Goes up when somebody begins to watch, and when nobody does any more: who looks for those before stops. */
  #epoch = 0;
  /** Null before the first look. */
  #isStoreReachable: boolean | null = null;

  constructor(sender: AccountSender, logger: Logger) {
    this.#sender = sender;
    this.#logger = logger;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    if (this.#subscribers.size === 1) void this.#poll(++this.#epoch);
    else if (this.#isStoreReachable !== null) subscriber.onStoreState(this.#isStoreReachable);
    return () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size > 0) return;
      this.#epoch++;
      clearTimeout(this.#timer);
      this.#statesById = null;
      this.#isStoreReachable = null;
    };
  }

  async #poll(epoch: number): Promise<void> {
    try {
      const { data } = await this.#sender.deliveries.list({}, { limit: MAX_POLLED_DELIVERIES });
      if (epoch !== this.#epoch) return;
      const previousStates = this.#statesById;
      this.#statesById = new Map(data.map((delivery) => [delivery.id, toComparableState(delivery)]));
      const changed = previousStates === null ? [] : data.filter((delivery) => previousStates.get(delivery.id) !== toComparableState(delivery));
      this.#notifyStoreState(true);
      if (changed.length > 0) for (const subscriber of this.#subscribers) subscriber.onChange(changed);
    } catch (error) {
      if (this.#isStoreReachable !== false)
        this.#logger.warn({ err: error }, "heron-webhooks: the console cannot see deliveries");
      this.#notifyStoreState(false);
    }
    if (epoch !== this.#epoch) return;
    this.#timer = setTimeout(() => void this.#poll(epoch), POLL_INTERVAL_MS);
    this.#timer.unref();
  }

  #notifyStoreState(isReachable: boolean): void {
    if (isReachable === this.#isStoreReachable) return;
    this.#isStoreReachable = isReachable;
    for (const subscriber of this.#subscribers) subscriber.onStoreState(isReachable);
  }
}

/** All of it that is shown in a list, but for the time until it is due, which changes by itself. */
function toComparableState({ state, attemptCount, responseStatus, reason, waitingFor }: Delivery): string {
  const { for: waitKind = null } = waitingFor ?? {};
  const gate = waitingFor?.for === "gate" ? waitingFor.gate : null;
  return JSON.stringify([state, attemptCount, responseStatus, reason, waitKind, gate]);
}
