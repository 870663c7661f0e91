import type { Tables } from "./tables.ts";

/** How many deliveries are in memory, and how large the bodies of their events may be together; more wait in the file. */
const MOST = 8000;
const MOST_BYTES = 32 * 1024 * 1024;
/** No webhook has more of them: one that takes long to answer leaves room for the others. */
const MOST_EACH = 2000;
/** How far the mark is behind before it is moved. */
const STRIDE = 10_000;
/** How far a delivery is behind the newest before it waits in the file like others that wait for long. */
const FAR_BEHIND = 50_000;
const AT_ONCE = 500;

/** What a transaction bears hot, before it is certain. */
export class BornNow {
  count = 0;
  bytes = 0;
  readonly each: Map<number, number> = new Map();

  add(webhook: number, size: number): void {
    this.count += 1;
    this.bytes += size;
    this.each.set(webhook, (this.each.get(webhook) ?? 0) + 1);
  }
}

/**
 * The deliveries that were born in memory: durable, but in no index of what waits, since they are about to be delivered.
 * After a crash they wait in the file. A mark in the file, below which there are none, keeps the look for them short.
 */
export class BornHot {
  readonly #tables: Tables;
  /** How large each is, by number; in the order in which they were born. */
  readonly #sizes = new Map<number, { readonly size: number; readonly webhook: number }>();
  /** How many each webhook has. */
  readonly #counts = new Map<number, number>();
  #bytes = 0;
  #mark: number;

  constructor(tables: Tables) {
    this.#tables = tables;
    this.#mark = Number(tables.get("select value from meta where name = 'hot_from'")?.["value"]);
  }

  /** No smaller number was born hot and is still so. */
  get mark(): number {
    return this.#mark;
  }

  /** Whether there is room for one more of a webhook, beside what a transaction is about to add. */
  hasRoom(webhook: number, added: BornNow): boolean {
    return (
      this.#sizes.size + added.count < MOST &&
      this.#bytes + added.bytes < MOST_BYTES &&
      (this.#counts.get(webhook) ?? 0) + (added.each.get(webhook) ?? 0) < MOST_EACH
    );
  }

  add(number: number, size: number, webhook: number): void {
    this.#sizes.set(number, { size, webhook });
    this.#counts.set(webhook, (this.#counts.get(webhook) ?? 0) + 1);
    this.#bytes += size;
  }

  remove(number: number): void {
    const born = this.#sizes.get(number);
    if (born === undefined) return;
    this.#sizes.delete(number);
    this.#bytes -= born.size;
    const left = (this.#counts.get(born.webhook) ?? 0) - 1;
    if (left > 0) this.#counts.set(born.webhook, left);
    else this.#counts.delete(born.webhook);
  }

  /** Those of a webhook. */
  of(webhook: number): readonly number[] {
    return [...this.#sizes].filter(([, born]) => born.webhook === webhook).map(([number]) => number);
  }

  /** Those that are far behind the newest: something keeps them, and they would keep the mark where it is. */
  laggards(newest: number): readonly { readonly number: number; readonly webhook: number }[] {
    const behind: { readonly number: number; readonly webhook: number }[] = [];
    for (const [number, { webhook }] of this.#sizes) {
      if (number > newest - FAR_BEHIND || behind.length === AT_ONCE) break;
      behind.push({ number, webhook });
    }
    return behind;
  }

  /** What was in memory alone when the process ended waits in the file. */
  recover(): void {
    this.#tables.run("update deliveries set state = 3 where id >= ? and state = 2", this.#mark);
  }

  /** Writes down, now and then, below which number there are none. */
  moveMark(): void {
    const first = this.#sizes.keys().next().value;
    if (first === undefined || first < this.#mark + STRIDE) return;
    this.#tables.run("update meta set value = ? where name = 'hot_from'", first);
    this.#mark = first;
  }
}
