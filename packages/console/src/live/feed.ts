import type { Logger } from "@heron-webhooks/core";
import type { AccountSender, Delivery } from "@heron-webhooks/sender";

/** How often it is looked what became of the newest deliveries, in milliseconds; and of how many. */
const EVERY_MS = 1000;
const NEWEST = 100;

export interface Subscriber {
  /** Deliveries that are new, or not as they were. */
  changed(deliveries: readonly Delivery[]): void;
  /** Whether the store answers; from the first time on, what happens is told. */
  reached(isReached: boolean): void;
}

/**
 * What happens to an account's newest deliveries, for as long as somebody watches. The store is asked, since whoever
 * delivers may be another process; once for all who watch.
 */
export class Feed {
  readonly #sender: AccountSender;
  readonly #logger: Logger;
  readonly #subscribers = new Set<Subscriber>();
  #known: ReadonlyMap<string, string> | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Goes up when somebody begins to watch, and when nobody does any more: who looks for those before stops. */
  #turn = 0;
  /** Null before the first look. */
  #isReached: boolean | null = null;

  constructor(sender: AccountSender, logger: Logger) {
    this.#sender = sender;
    this.#logger = logger;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    if (this.#subscribers.size === 1) void this.#look(++this.#turn);
    else if (this.#isReached !== null) subscriber.reached(this.#isReached);
    return () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size > 0) return;
      this.#turn++;
      clearTimeout(this.#timer);
      this.#known = null;
      this.#isReached = null;
    };
  }

  async #look(turn: number): Promise<void> {
    try {
      const { items } = await this.#sender.deliveries.list({}, { limit: NEWEST });
      if (turn !== this.#turn) return;
      const before = this.#known;
      this.#known = new Map(items.map((delivery) => [delivery.id, stateOf(delivery)]));
      const changed = before === null ? [] : items.filter((one) => before.get(one.id) !== stateOf(one));
      this.#say(true);
      if (changed.length > 0) for (const subscriber of this.#subscribers) subscriber.changed(changed);
    } catch (error) {
      if (this.#isReached !== false)
        this.#logger.warn({ err: error }, "heron-webhooks: the console cannot see deliveries");
      this.#say(false);
    }
    if (turn !== this.#turn) return;
    this.#timer = setTimeout(() => void this.#look(turn), EVERY_MS);
    this.#timer.unref();
  }

  #say(isReached: boolean): void {
    if (isReached === this.#isReached) return;
    this.#isReached = isReached;
    for (const subscriber of this.#subscribers) subscriber.reached(isReached);
  }
}

/** All of it that is shown in a list, but for the time until it is due, which changes by itself. */
function stateOf({ state, attempts, status, reason, waitsFor }: Delivery): string {
  const { for: what = null } = waitsFor ?? {};
  const gate = waitsFor?.for === "gate" ? waitsFor.gate : null;
  return JSON.stringify([state, attempts, status, reason, what, gate]);
}
