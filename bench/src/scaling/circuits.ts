import type { Backlog } from "./backlog.ts";
import { Heap } from "./heap.ts";

/** As the sender has it: after so many failures in a row, for so long at first and at most, in seconds. */
const FAILURES = 10;
const FIRST = 60;
const LONGEST = 3600;

/** Leaves webhooks alone that fail, and then lets one attempt through, which in the simulation fails too. */
export class Circuits {
  readonly #backlog: Backlog;
  readonly #failures: Int32Array;
  readonly #closed: Float64Array;
  readonly #opening = new Heap();

  constructor(backlog: Backlog, webhooks: number) {
    this.#backlog = backlog;
    this.#failures = new Int32Array(webhooks);
    this.#closed = new Float64Array(webhooks);
  }

  /** When the next is let through; Infinity if none will be. */
  get opens(): number {
    return this.#opening.key;
  }

  failed(webhook: number, now: number): void {
    this.#failures[webhook] = (this.#failures[webhook] as number) + 1;
    const closed = this.#closed[webhook] as number;
    // Those that were under way when it closed tell nothing new.
    if ((this.#failures[webhook] as number) < FAILURES || closed < 0) return;
    const seconds = closed === 0 ? FIRST : Math.min(LONGEST, 2 * closed);
    this.#closed[webhook] = -seconds;
    this.#backlog.limit(webhook, 0);
    this.#opening.push(now + seconds, webhook);
  }

  open(): void {
    const webhook = this.#opening.pop();
    this.#closed[webhook] = -(this.#closed[webhook] as number);
    this.#backlog.limit(webhook, 1);
  }
}
