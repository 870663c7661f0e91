import type { Tables } from "./tables.ts";

/** How many deliveries are in memory, and how large the bodies of their events may be together; more wait in the file. */
const MOST = 8000;
const MOST_BYTES = 32 * 1024 * 1024;
/** How far the mark is behind before it is moved. */
const STRIDE = 10_000;

/**
 * The deliveries that were born in memory: durable, but in no index of what waits, since they are about to be delivered.
 * After a crash they wait in the file. A mark in the file, below which there are none, keeps the look for them short.
 */
export class BornHot {
  readonly #tables: Tables;
  /** How large each is, by number; in the order in which they were born. */
  readonly #sizes = new Map<number, number>();
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

  hasRoom(more: number): boolean {
    return this.#sizes.size + more < MOST && this.#bytes < MOST_BYTES;
  }

  add(number: number, size: number): void {
    this.#sizes.set(number, size);
    this.#bytes += size;
  }

  remove(number: number): void {
    const size = this.#sizes.get(number);
    if (size === undefined) return;
    this.#sizes.delete(number);
    this.#bytes -= size;
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
