import { Heap } from "./heap.ts";
import type { Webhook } from "./population.ts";

/** Whose turn it is, of the webhooks of which something may be claimed. Each is in it once at the most. */
export interface ClaimOrder {
  /** `oldest` is the number of what waits longest of this webhook: the lower, the longer it has waited. */
  add(webhook: number, oldest: number): void;
  /** Takes out the webhook of which the next delivery is claimed; -1 if there is none. */
  take(): number;
}

/** What has been due longest goes first, whosever it is. */
export class ByDueTime implements ClaimOrder {
  readonly #heap = new Heap();

  add(webhook: number, oldest: number): void {
    this.#heap.push(oldest, webhook);
  }

  take(): number {
    return this.#heap.size === 0 ? -1 : this.#heap.pop();
  }
}

/** Round the accounts, and of each round its webhooks. */
export class RoundRobin implements ClaimOrder {
  readonly #accountOf: readonly number[];
  readonly #accounts = new Ring();
  readonly #webhooks = new Map<number, Ring>();

  constructor(webhooks: readonly Webhook[]) {
    this.#accountOf = webhooks.map(({ account }) => account);
  }

  add(webhook: number): void {
    const account = this.#accountOf[webhook] as number;
    let own = this.#webhooks.get(account);
    if (own === undefined) {
      own = new Ring();
      this.#webhooks.set(account, own);
    }
    if (own.size === 0) this.#accounts.push(account);
    own.push(webhook);
  }

  take(): number {
    if (this.#accounts.size === 0) return -1;
    const account = this.#accounts.shift();
    const own = this.#webhooks.get(account) as Ring;
    const webhook = own.shift();
    if (own.size > 0) this.#accounts.push(account);
    return webhook;
  }
}

/** Numbers, first in, first out. */
class Ring {
  #numbers: number[] = [];
  #from = 0;

  get size(): number {
    return this.#numbers.length - this.#from;
  }

  push(number: number): void {
    this.#numbers.push(number);
  }

  shift(): number {
    const number = this.#numbers[this.#from++] as number;
    if (this.#from > 1000 && this.#from * 2 > this.#numbers.length) {
      this.#numbers = this.#numbers.slice(this.#from);
      this.#from = 0;
    }
    return number;
  }
}
