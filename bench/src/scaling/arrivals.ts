import { ATTEMPT, type Webhook } from "./population.ts";
import { Random } from "./random.ts";

/** What an attempt takes at a receiver that never answers, in seconds: the sender's default. */
export const TIMEOUT = 15;

/** Deliveries as they become due: independent of each other, each webhook's at its rate. The same for the same seed. */
export class Arrivals {
  readonly #random: Random;
  readonly #webhooks: readonly Webhook[];
  /** Up to which part of all each webhook's part goes. */
  readonly #upTo: Float64Array;
  readonly #between: number;
  /** When the next is due, which webhook's it is, and how long its attempt takes, in seconds. */
  at = 0;
  webhook = 0;
  work = 0;

  constructor(webhooks: readonly Webhook[], seed: number) {
    this.#random = new Random(seed);
    this.#webhooks = webhooks;
    let sum = 0;
    this.#upTo = Float64Array.from(webhooks, ({ rate }) => (sum += rate));
    this.#between = 1 / sum;
    this.next();
  }

  next(): void {
    this.at += this.#random.exponential(this.#between);
    this.webhook = this.#chosen(this.#random.next() / this.#between);
    const work = this.#random.exponential(ATTEMPT);
    this.work = this.#webhooks[this.webhook]?.kind === "hanging" ? TIMEOUT : work;
  }

  #chosen(place: number): number {
    let low = 0;
    let high = this.#upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#upTo[middle] as number) > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
