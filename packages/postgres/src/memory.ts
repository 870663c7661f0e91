import { Hot, type HotDelivery, Lanes } from "@heron-webhooks/sender/store";

/** How many deliveries a process has in memory, and how large the bodies of their events may be together; more waits. */
const MOST = 8000;
const MOST_BYTES = 32 * 1024 * 1024;
/** No webhook has more of them: one that takes long to answer leaves room for the others. */
const MOST_EACH = 2000;

/** What a worker has in memory of its webhooks and their deliveries, and how much that is. */
export class Memory {
  readonly hot: Hot = new Hot();
  readonly lanes: Lanes = new Lanes(this.hot);
  readonly #counts = new Map<number, number>();
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  /** For how many more there is room. */
  get room(): number {
    return this.#bytes > MOST_BYTES ? 0 : Math.max(0, MOST - this.#count);
  }

  /** Webhooks that have as many as they may. */
  full(): readonly number[] {
    return this.#count < MOST_EACH
      ? []
      : [...this.#counts].filter(([, count]) => count >= MOST_EACH).map(([webhook]) => webhook);
  }

  /** Takes in a delivery of a webhook that is there. */
  add(webhook: number, delivery: HotDelivery, now: number): void {
    this.#change(webhook, 1, delivery.event.body.length);
    this.hot.push(delivery, now);
  }

  /** A delivery has left it. */
  left(webhook: number, delivery: HotDelivery): void {
    this.#change(webhook, -1, -delivery.event.body.length);
  }

  /** A webhook leaves it with all that it has there. */
  remove(id: string): void {
    const lane = this.hot.lane(id);
    const webhook = lane === undefined ? undefined : this.lanes.numberOf(lane);
    if (lane === undefined || webhook === undefined) return;
    for (const delivery of this.hot.deliveries()) if (delivery.lane === lane) this.left(webhook, delivery);
    this.lanes.remove(id);
  }

  #change(webhook: number, count: number, bytes: number): void {
    const each = (this.#counts.get(webhook) ?? 0) + count;
    if (each > 0) this.#counts.set(webhook, each);
    else this.#counts.delete(webhook);
    this.#count += count;
    this.#bytes += bytes;
  }
}
