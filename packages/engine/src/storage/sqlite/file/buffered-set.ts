import type { Statements } from "./statements.ts";

/** How many deliveries are in memory, and how large the bodies of their events may be together; more wait in the file. */
const MAX_BUFFERED_DELIVERIES = 8000;
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;
/** No webhook has more of them: one that takes long to answer leaves room for the others. */
const MAX_BUFFERED_PER_WEBHOOK = 2000;
/** How far the mark is behind before it is moved. */
const WATERMARK_STRIDE = 10_000;
/** How far a delivery is behind the newest before it waits in the file like others that wait for long. */
const MAX_BUFFERED_LAG = 50_000;
const DEMOTE_BATCH_SIZE = 500;

/** What a transaction bears hot, before it is certain. */
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
 * The deliveries that were born in memory: durable, but in no index of what waits, since they are about to be delivered.
 * After a crash they wait in the file. A mark in the file, below which there are none, keeps the look for them short.
 */
export class BufferedSet {
  readonly #statements: Statements;
  /** How large each is, by number; in the order in which they were born. */
  readonly #entries = new Map<number, { readonly size: number; readonly webhook: number }>();
  /** How many each webhook has. */
  readonly #countByWebhook = new Map<number, number>();
  #bytes = 0;
  #watermark: number;

  constructor(statements: Statements) {
    this.#statements = statements;
    this.#watermark = Number(statements.get("select value from meta where name = 'buffered_from'")?.["value"]);
  }

  /** No smaller number was born hot and is still so. */
  get watermark(): number {
    return this.#watermark;
  }

  /** Whether there is room for one more of a webhook, beside what a transaction is about to add. */
  hasCapacity(webhook: number, added: BufferedAdditions): boolean {
    return (
      this.#entries.size + added.count < MAX_BUFFERED_DELIVERIES &&
      this.#bytes + added.bytes < MAX_BUFFERED_BYTES &&
      (this.#countByWebhook.get(webhook) ?? 0) + (added.countByWebhook.get(webhook) ?? 0) < MAX_BUFFERED_PER_WEBHOOK
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

  /** Those of a webhook. */
  listByWebhook(webhook: number): readonly number[] {
    return [...this.#entries].filter(([, entry]) => entry.webhook === webhook).map(([number]) => number);
  }

  /** Those that are far behind the newest: something keeps them, and they would keep the mark where it is. */
  listStale(newest: number): readonly { readonly number: number; readonly webhook: number }[] {
    const stale: { readonly number: number; readonly webhook: number }[] = [];
    for (const [number, { webhook }] of this.#entries) {
      if (number > newest - MAX_BUFFERED_LAG || stale.length === DEMOTE_BATCH_SIZE) break;
      stale.push({ number, webhook });
    }
    return stale;
  }

  /** What was in memory alone when the process ended waits in the file. */
  recover(): void {
    this.#statements.run("update deliveries set state = 3 where id >= ? and state = 2", this.#watermark);
  }

  /** Writes down, now and then, below which number there are none. */
  advanceWatermark(): void {
    const first = this.#entries.keys().next().value;
    if (first === undefined || first < this.#watermark + WATERMARK_STRIDE) return;
    this.#statements.run("update meta set value = ? where name = 'buffered_from'", first);
    this.#watermark = first;
  }
}
