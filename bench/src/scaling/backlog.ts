import type { ClaimOrder } from "./claim-order.ts";

const NONE = -1;

/** What waits, webhook by webhook, and which of it may be claimed. Deliveries are numbered in the order of their times. */
export class Backlog {
  readonly #order: ClaimOrder;
  readonly #limits: Float64Array;
  readonly #held: Int32Array;
  readonly #inOrder: Uint8Array;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** Of each delivery, the next of its webhook. */
  readonly #next: number[] = [];
  #ready = 0;

  /** `limits` says how many attempts of each webhook may be under way. */
  constructor(limits: readonly number[], order: ClaimOrder) {
    this.#order = order;
    this.#limits = Float64Array.from(limits);
    this.#held = new Int32Array(limits.length);
    this.#inOrder = new Uint8Array(limits.length);
    this.#first = new Int32Array(limits.length).fill(NONE);
    this.#last = new Int32Array(limits.length).fill(NONE);
  }

  /** Whether something may be claimed, as far as is known: its webhook may have been closed since. */
  get hasReady(): boolean {
    return this.#ready > 0;
  }

  push(webhook: number, delivery: number): void {
    this.#next[delivery] = NONE;
    if (this.#first[webhook] === NONE) this.#first[webhook] = delivery;
    else this.#next[this.#last[webhook] as number] = delivery;
    this.#last[webhook] = delivery;
    this.#addIfReady(webhook);
  }

  /** Claims a delivery; -1 if there is none that may be claimed. */
  take(): number {
    for (;;) {
      const webhook = this.#order.take();
      if (webhook === NONE) return NONE;
      this.#inOrder[webhook] = 0;
      this.#ready--;
      if (!this.#isReady(webhook)) continue;
      const delivery = this.#first[webhook] as number;
      this.#first[webhook] = this.#next[delivery] as number;
      this.#held[webhook] = (this.#held[webhook] as number) + 1;
      this.#addIfReady(webhook);
      return delivery;
    }
  }

  /** An attempt of it has ended. */
  release(webhook: number): void {
    this.#held[webhook] = (this.#held[webhook] as number) - 1;
    this.#addIfReady(webhook);
  }

  /** Lets so many of it be under way from now on; nothing of it is claimed while that is 0. */
  limit(webhook: number, limit: number): void {
    this.#limits[webhook] = limit;
    this.#addIfReady(webhook);
  }

  #isReady(webhook: number): boolean {
    return (
      this.#first[webhook] !== NONE && (this.#held[webhook] as number) < (this.#limits[webhook] as number)
    );
  }

  #addIfReady(webhook: number): void {
    if (this.#inOrder[webhook] === 1 || !this.#isReady(webhook)) return;
    this.#inOrder[webhook] = 1;
    this.#ready++;
    this.#order.add(webhook, this.#first[webhook] as number);
  }
}
