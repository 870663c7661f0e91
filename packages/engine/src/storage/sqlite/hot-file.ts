import { Claiming } from "../../queue/claiming.ts";
import { Gathered } from "../../queue/gathered.ts";
import { Hot } from "../../queue/hot.ts";
import type { HotLane } from "../../queue/hot-delivery.ts";
import { Lanes } from "../../queue/lanes.ts";
import { HotSettling, type Settling } from "../../queue/settling.ts";
import type { GateChange } from "../gates.ts";
import type { WebhookRecord } from "../records.ts";
import type { ExpiredDelivery, Lease, Settlement } from "../store.ts";
import type { News } from "./file/news.ts";
import { FOREVER } from "./file/schema.ts";
import type { LoadedRow } from "./file/waiting.ts";
import { HotPublishing } from "./hot-publishing.ts";
import { packSettlements } from "./packed.ts";
import { FileThread, type FileThreadOptions } from "./thread.ts";

const NOBODY: ReadonlySet<Settling> = new Set();

/**
 * This side of a store: what is about to be delivered, in memory, behind the file that a thread writes. Nothing is in
 * memory before it is in the file, and what becomes of it is in the file before it leaves memory: so a claim costs no
 * look into the file, and a process that ends loses nothing.
 */
export class HotFile {
  readonly thread: FileThread;
  readonly publishing: HotPublishing;
  readonly claiming: Claiming;
  readonly #settling: HotSettling;
  readonly #hot = new Hot();
  readonly #lanes = new Lanes(this.#hot);
  readonly #now: () => number;

  constructor(options: Omit<FileThreadOptions, "onNews">) {
    this.#now = () => options.clock.now();
    this.thread = new FileThread({ ...options, onNews: (news, now) => this.#hear(news, now) });
    const { thread } = this;
    const parts = { thread, hot: this.#hot, lanes: this.#lanes, now: this.#now };
    this.publishing = new HotPublishing(parts, options.maxPending);
    this.claiming = new Claiming({
      ...parts,
      ready: () => thread.open(),
      load: (lanes) => this.#load(lanes),
    });
    const written = new Gathered<Settling, void>((take) =>
      thread.askLater("settle", () => [packSettlements(take(), this.#now())]),
    );
    this.#settling = new HotSettling({
      ...parts,
      // The file is this process's alone: nothing of it is ever refused.
      write: async (settling) => {
        await written.give(settling);
        return NOBODY;
      },
    });
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Lease[]> {
    const lost = await this.#settling.settle(settlements);
    // Should it fail, that is for who asks next to say.
    void this.#lanes.forgetIdle((numbers) => this.thread.ask("forget", numbers)).catch(() => {});
    return lost;
  }

  /** What is overdue in memory; once that is nothing, what is overdue in the file. */
  async expire(
    olderThanMs: number,
    max: number,
  ): Promise<{ readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean }> {
    const expired = await this.#settling.expire(olderThanMs, max);
    return expired.length > 0 ? { expired, isDone: false } : this.thread.ask("expire", olderThanMs, max);
  }

  async gate(change: GateChange): Promise<void> {
    await this.thread.ask("gate", change);
    this.#hot.gate(change, this.#now());
  }

  changed(record: WebhookRecord): void {
    this.#hot.change(record, this.#now());
  }

  removed(id: string): void {
    this.#lanes.remove(id);
  }

  /** Takes in what the thread has to tell, in the order in which it happened there. */
  #hear({ introduced, stored }: News, now: number): void {
    for (const { gates, ...one } of introduced) {
      const open = gates.map((gate) => ({
        ...gate,
        until: gate.until === FOREVER ? Number.POSITIVE_INFINITY : gate.until,
      }));
      this.#lanes.introduce({ ...one, gates: open }, now);
    }
    for (const one of stored) this.#lanes.stored(one, now);
  }

  async #load(lanes: readonly HotLane[]): Promise<void> {
    const numbers = lanes.flatMap((lane) => this.#lanes.numberOf(lane) ?? []);
    for (const row of await this.thread.ask("load", numbers, this.#hot.loadable(numbers.length)))
      this.#take(row);
  }

  #take({ id, webhook, ...row }: LoadedRow): void {
    const lane = this.#lanes.get(webhook);
    // Once all of them are there, its webhook is looked at.
    if (lane !== undefined) this.#hot.add({ ...row, id: this.thread.deliveryId(id), sequence: id, lane });
  }
}
