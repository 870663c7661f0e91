import type { Statements } from "./statements.ts";

/** Buffered deliveries, and the total size of their events' bodies. More wait in the file. */
const MAX_BUFFERED_DELIVERIES = 8000;
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;
/** Buffered deliveries per webhook, so that a slow webhook leaves room for others. */
const MAX_BUFFERED_PER_WEBHOOK = 2000;
/** How far the watermark may lag behind before it is written. */
const WATERMARK_STRIDE = 10_000;
/** Deliveries that are further behind the newest are demoted to waiting. */
const MAX_BUFFERED_LAG = 50_000;
const DEMOTE_BATCH_SIZE = 500;

/** The deliveries that the current transaction buffers. */
export class BufferedAdditions {
  count = 0;
  bytes = 0;
  readonly countByWebhook: Map<number, number> = new Map();

  add(webhook: number, size: number): void {
    this.count += 1;
    this.bytes += size;
    this.countByWebhook.set(webhook, (this.countByWebhook.get(webhook) ?? 0) + 1);
  }
}

/**
 * The deliveries that were enqueued in memory when they were inserted. They are durable, but not in the index of
 * waiting deliveries, because most are delivered at once. After a crash they become waiting. The watermark, below which
 * there are none, bounds the search for them.
 */
export class BufferedSet {
  readonly #statements: Statements;
  /** Their sizes by number, in insertion order. */
  readonly #entries = new Map<number, { readonly size: number; readonly webhook: number }>();
  /** Their count by webhook. */
  readonly #countByWebhook = new Map<number, number>();
  #bytes = 0;
  #watermark: number;

  constructor(statements: Statements) {
    this.#statements = statements;
    this.#watermark = Number(
      statements.get("select value from meta where name = 'buffered_from'")?.["value"],
    );
  }

  /** No delivery with a smaller number is buffered. */
  get watermark(): number {
    return this.#watermark;
  }

  /** Whether a webhook may buffer one more delivery, in addition to those of the current transaction. */
  hasCapacity(webhook: number, added: BufferedAdditions): boolean {
    return (
      this.#entries.size + added.count < MAX_BUFFERED_DELIVERIES &&
      this.#bytes + added.bytes < MAX_BUFFERED_BYTES &&
      (this.#countByWebhook.get(webhook) ?? 0) + (added.countByWebhook.get(webhook) ?? 0) <
        MAX_BUFFERED_PER_WEBHOOK
    );
  }

  add(number: number, size: number, webhook: number): void {
    this.#entries.set(number, { size, webhook });
    this.#countByWebhook.set(webhook, (this.#countByWebhook.get(webhook) ?? 0) + 1);
    this.#bytes += size;
  }

  remove(number: number): void {
    const entry = this.#entries.get(number);
    if (entry === undefined) return;
    this.#entries.delete(number);
    this.#bytes -= entry.size;
    const remaining = (this.#countByWebhook.get(entry.webhook) ?? 0) - 1;
    if (remaining > 0) this.#countByWebhook.set(entry.webhook, remaining);
    else this.#countByWebhook.delete(entry.webhook);
  }

  listByWebhook(webhook: number): readonly number[] {
    return [...this.#entries].filter(([, entry]) => entry.webhook === webhook).map(([number]) => number);
  }

  /** Deliveries far behind the newest, which would hold back the watermark. */
  listStale(newest: number): readonly { readonly number: number; readonly webhook: number }[] {
    const stale: { readonly number: number; readonly webhook: number }[] = [];
    for (const [number, { webhook }] of this.#entries) {
      if (number > newest - MAX_BUFFERED_LAG || stale.length === DEMOTE_BATCH_SIZE) break;
      stale.push({ number, webhook });
    }
    return stale;
  }

  /** Makes the deliveries that a crashed process had buffered wait in the file. */
  recover(): void {
    this.#statements.run("update deliveries set state = 3 where id >= ? and state = 2", this.#watermark);
  }

  /** Writes the watermark if it has advanced far enough. */
  advanceWatermark(): void {
    const first = this.#entries.keys().next().value;
    if (first === undefined || first < this.#watermark + WATERMARK_STRIDE) return;
    this.#statements.run("update meta set value = ? where name = 'buffered_from'", first);
    this.#watermark = first;
  }
}
