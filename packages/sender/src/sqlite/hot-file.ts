import { tooManyPending } from "../limits.ts";
import { Hot } from "../schedule/hot.ts";
import type { HotDelivery, HotLane } from "../schedule/hot-delivery.ts";
import type { WebhookRecord } from "../store/records.ts";
import type {
  Claim,
  ClaimRequest,
  ExpiredDelivery,
  GateChange,
  Lease,
  NewEvent,
  Published,
  Settlement,
} from "../store/store.ts";
import type { LoadedRow } from "./calls.ts";
import { Gathered } from "./gathered.ts";
import { Lanes } from "./lanes.ts";
import {
  BIRTH_WIDTH,
  DUPLICATE,
  type PackedPublished,
  packEvents,
  packSettlements,
  REFUSED,
  type Settling,
} from "./packed.ts";
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
  readonly #hot = new Hot();
  readonly #lanes = new Lanes(this.#hot);
  readonly #now: () => number;
  readonly #publishing: Gathered<NewEvent, PackedPublished>;
  readonly #settling: Gathered<Settling, void>;
  readonly #maxPending: number;
  #claiming: Promise<unknown> = Promise.resolve();
  /** Until all that was asked for is in memory; null if nothing is on its way. */
  #feeding: Promise<void> | null = null;

  constructor(options: Omit<FileThreadOptions, "onNews">) {
    this.#now = () => options.clock.now();
    this.#publishing = new Gathered(async (take) => {
      let events: readonly NewEvent[] = [];
      const packed = await this.thread.askLater("publish", () => {
        events = take();
        return [packEvents(events)];
      });
      this.#bear(events, packed);
      return packed;
    });
    this.#settling = new Gathered((take) =>
      this.thread.askLater("settle", () => [packSettlements(take(), this.#now())]),
    );
    this.#maxPending = options.maxPending;
    this.thread = new FileThread({ ...options, onNews: (news, now) => this.#lanes.hear(news, now) });
  }

  async publish(events: readonly NewEvent[]): Promise<readonly Published[]> {
    const { result, from } = await this.#publishing.give(events);
    return events.map(({ id }, i) => this.#publishedOf(id, result, from + i));
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

  /** Gives back the leases that were lost. */
  async settle(settlements: readonly Settlement[]): Promise<readonly Lease[]> {
    const now = this.#now();
    const lost: Lease[] = [];
    const settling: Settling[] = [];
    for (const settlement of settlements) {
      const delivery = this.#hot.settling(settlement.lease, now);
      if (delivery === undefined) lost.push(settlement.lease);
      else settling.push({ delivery, webhook: this.#lanes.numberOf(delivery.lane) ?? 0, settlement });
    }
    await this.#write(
      settling.filter(({ settlement }) => isWritten(settlement)),
      settling,
    );
    const written = this.#now();
    for (const { delivery, settlement } of settling) this.#settled(delivery, settlement, written);
    // Should it fail, that is for who asks next to say.
    void this.#lanes.forgetIdle((numbers) => this.thread.ask("forget", numbers)).catch(() => {});
    return lost;
  }

  renew(leases: readonly Lease[], leaseMs: number): readonly Lease[] {
    const now = this.#now();
    return leases.filter((lease) => !this.#hot.renew(lease, leaseMs, now));
  }

  async gate(change: GateChange): Promise<void> {
    await this.thread.ask("gate", change);
    this.#hot.gate(change, this.#now());
  }

  /** Has die what is overdue in memory; once that is nothing, what is overdue in the file. */
  async expire(
    olderThanMs: number,
    max: number,
  ): Promise<{ readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean }> {
    const now = this.#now();
    const overdue = this.#hot.takeOverdue(now - olderThanMs, max, now);
    if (overdue.length === 0) return this.thread.ask("expire", olderThanMs, max);
    const dying = overdue.map((delivery): Settling => {
      const settled = { state: "dead", reason: "expired" } as const;
      const webhook = this.#lanes.numberOf(delivery.lane) ?? 0;
      return { delivery, webhook, settlement: { lease: "", settled, attempt: null } };
    });
    try {
      await this.#settling.give(dying);
    } catch (error) {
      for (const delivery of overdue) this.#handBack(delivery);
      throw error;
    }
    return { expired: overdue.map(expiredOf), isDone: false };
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

  #bear(events: readonly NewEvent[], { births, at, users }: PackedPublished): void {
    const now = this.#now();
    const bodies = new Map<number, HotDelivery["event"]>();
    for (let i = 0; i < births.length; i += BIRTH_WIDTH) {
      const [place = 0, number = 0, webhook = 0, hot] = births.subarray(i, i + BIRTH_WIDTH);
      const lane = this.#lanes.get(webhook);
      if (hot !== 1 || lane === undefined) continue;
      let event = bodies.get(place);
      if (event === undefined) {
        const { topic, body, traceparent = null } = events[place] as NewEvent;
        event = { topic, body, user: users[place] ?? null, traceparent };
        bodies.set(place, event);
      }
      this.#hot.push(
        {
          id: this.#idOf(number),
          sequence: number,
          event,
          lane,
          attempts: 0,
          attemptsBefore: 0,
          owedSince: at,
          due: at,
        },
        now,
      );
    }
  }

  #publishedOf(id: string, { outcomes }: PackedPublished, i: number): Published {
    const [outcome, count = 0] = outcomes.subarray(2 * i, 2 * i + 2);
    if (outcome === REFUSED) return { id, refused: tooManyPending(count, this.#maxPending) };
    return { id, deliveries: count, duplicate: outcome === DUPLICATE };
  }

  async #write(written: readonly Settling[], all: readonly Settling[]): Promise<void> {
    if (written.length === 0) return;
    try {
      await this.#settling.give(written);
    } catch (error) {
      for (const { settlement } of all) this.#hot.failed(settlement.lease);
      throw error;
    }
  }

  #settled(delivery: HotDelivery, settlement: Settlement, now: number): void {
    this.#hot.end(settlement.lease);
    if (isWritten(settlement)) this.#hot.look(delivery.lane, now);
    else this.#handBack(delivery);
  }

  /** It waits again, as it was, unless its webhook was removed meanwhile. */
  #handBack(delivery: HotDelivery): void {
    if (this.#hot.lane(delivery.lane.record.id) === delivery.lane) this.#hot.push(delivery, this.#now());
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
    lane?.waiting.push({ ...row, id: this.#idOf(id), sequence: id, lane });
  }

  #idOf(number: number): string {
    return this.thread.prefix + number.toString(36);
  }
}

function expiredOf({ id, lane, event, attempts }: HotDelivery): ExpiredDelivery {
  const { id: webhook, account } = lane.record;
  return { delivery: id, webhook, account, topic: event.topic, attempts };
}

/** What is handed back as it was is nothing that the file must know. */
function isWritten({ settled, attempt }: Settlement): boolean {
  return settled.state !== "release" || attempt !== null;
}
