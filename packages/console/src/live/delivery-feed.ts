import type { Logger } from "@heron-webhooks/core";
import type { AccountSender, Delivery } from "@heron-webhooks/sender";

const POLL_INTERVAL_MS = 1000;
const MAX_POLLED_DELIVERIES = 100;

export interface Subscriber {
  /** New or changed deliveries. */
  onChange(deliveries: readonly Delivery[]): void;
  /** Called when the store becomes reachable or unreachable, and once after subscribing. */
  onStoreState(isReachable: boolean): void;
}

/**
 * Polls an account's newest deliveries while there are subscribers. All subscribers share one poll. Polling is needed because
 * another process can make the attempts.
 */
export class DeliveryFeed {
  readonly #sender: AccountSender;
  readonly #logger: Logger;
  readonly #subscribers = new Set<Subscriber>();
  #statesById: ReadonlyMap<string, string> | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Increased by the first and the last subscriber, so that polls of an earlier epoch stop. */
  #epoch = 0;
  /** Null before the first poll. */
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
      const changed =
        previousStates === null
          ? []
          : data.filter((delivery) => previousStates.get(delivery.id) !== toComparableState(delivery));
      this.#notifyStoreState(true);
      if (changed.length > 0) for (const subscriber of this.#subscribers) subscriber.onChange(changed);
    } catch (error) {
      if (this.#isStoreReachable !== false)
        this.#logger.warn({ err: error }, "console: cannot read deliveries; retrying");
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

/** The fields that a list shows, except remaining times, which change by themselves. */
function toComparableState({ state, attemptCount, responseStatus, reason, waitingFor }: Delivery): string {
  const pauseReason = waitingFor?.kind === "pause" ? waitingFor.reason : null;
  return JSON.stringify([state, attemptCount, responseStatus, reason, waitingFor?.kind ?? null, pauseReason]);
}
