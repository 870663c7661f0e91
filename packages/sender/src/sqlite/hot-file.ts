import { Hot } from "../schedule/hot.ts";
import type { HotLane } from "../schedule/hot-delivery.ts";
import type { GateChange } from "../store/gates.ts";
import type { WebhookRecord } from "../store/records.ts";
import type { Claim, ClaimRequest, Lease } from "../store/store.ts";
import type { LoadedRow } from "./file/waiting.ts";
import { HotPublishing } from "./hot-publishing.ts";
import { HotSettling } from "./hot-settling.ts";
import { Lanes } from "./lanes.ts";
import { FileThread, type FileThreadOptions } from "./thread.ts";

/** Of how many webhooks more is brought into memory at once. */
const MOST_LOADED = 64;

/**
 * This side of a store: what is about to be delivered, in memory, behind the file that a thread writes. Nothing is in
 * memory before it is in the file, and what becomes of it is in the file before it leaves memory: so a claim costs no
 * look into the file, and a process that ends loses nothing.
 */
export class HotFile {
  readonly thread: FileThread;
  readonly publishing: HotPublishing;
  readonly settling: HotSettling;
  readonly #hot = new Hot();
  readonly #lanes = new Lanes(this.#hot);
  readonly #now: () => number;
  #claiming: Promise<unknown> = Promise.resolve();
  /** Until all that was asked for is in memory; null if nothing is on its way. */
  #feeding: Promise<void> | null = null;

  constructor(options: Omit<FileThreadOptions, "onNews">) {
    this.#now = () => options.clock.now();
    this.thread = new FileThread({ ...options, onNews: (news, now) => this.#lanes.hear(news, now) });
    const parts = { thread: this.thread, hot: this.#hot, lanes: this.#lanes, now: this.#now };
    this.publishing = new HotPublishing(parts, options.maxPending);
    this.settling = new HotSettling(parts);
  }

  /** One claim after the other, since one may have to wait for what another would take. */
  claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const claim = this.#claiming.then(() => this.#claim(request));
    this.#claiming = claim.catch(() => {});
    return claim;
  }

  /** Gives what is in memory; if that is too little, what must be brought there first. */
  async #claim(request: ClaimRequest): Promise<readonly Claim[]> {
    await this.thread.open();
    const claims: Claim[] = [];
    for (;;) {
      claims.push(...this.#hot.claim({ ...request, max: request.max - claims.length }, this.#now()));
      const hungry = this.#hot.hungry(MOST_LOADED, this.#now());
      if (hungry.length > 0) this.#feed(hungry);
      // What is on its way by then is there for a later claim.
      if (claims.length >= request.max || this.#feeding === null) return claims;
      try {
        await this.#feeding;
      } catch (error) {
        // What was taken is leased already; who claims next hears of it.
        if (claims.length > 0) return claims;
        throw error;
      }
    }
  }

  renew(leases: readonly Lease[], leaseMs: number): readonly Lease[] {
    const now = this.#now();
    return leases.filter((lease) => !this.#hot.renew(lease, leaseMs, now));
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

  async nextDueIn(): Promise<number | null> {
    await this.thread.open();
    // What is on its way into memory may be due now.
    await this.#feeding;
    return this.#hot.nextIn(this.#now());
  }

  /** Brings more into memory. Should it fail, who claims next asks again. */
  #feed(lanes: readonly HotLane[]): void {
    const before = this.#feeding;
    const feeding = Promise.all([before, this.#load(lanes)])
      .then(() => {})
      .finally(() => {
        if (this.#feeding === feeding) this.#feeding = null;
      });
    feeding.catch(() => {});
    this.#feeding = feeding;
  }

  async #load(lanes: readonly HotLane[]): Promise<void> {
    try {
      const numbers = lanes.flatMap((lane) => this.#lanes.numberOf(lane) ?? []);
      for (const row of await this.thread.ask("load", numbers)) this.#take(row);
    } finally {
      for (const lane of lanes) {
        lane.loading = false;
        this.#hot.look(lane, this.#now());
      }
    }
  }

  #take({ id, webhook, ...row }: LoadedRow): void {
    const lane = this.#lanes.get(webhook);
    lane?.waiting.push({ ...row, id: this.thread.deliveryId(id), sequence: id, lane });
  }
}
