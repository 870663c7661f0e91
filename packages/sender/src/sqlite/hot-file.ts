import { tooManyPending } from "../limits.ts";
import { Hot, type HotDelivery, type HotLane } from "../schedule/hot.ts";
import type { WebhookRecord } from "../store/records.ts";
import type {
  Claim,
  ClaimRequest,
  GateChange,
  Lease,
  NewEvent,
  Published,
  Settlement,
} from "../store/store.ts";
import type { LoadedRow } from "./calls.ts";
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
  readonly #maxPending: number;
  #opened: Promise<void> | undefined;

  constructor(options: Omit<FileThreadOptions, "onNews">) {
    this.#now = options.now;
    this.#maxPending = options.maxPending;
    this.thread = new FileThread({ ...options, onNews: (news, now) => this.#lanes.hear(news, now) });
  }

  async publish(events: readonly NewEvent[]): Promise<readonly Published[]> {
    const packed = await this.thread.ask("publish", packEvents(events));
    this.#bear(events, packed);
    return events.map(({ id }, i) => this.#publishedOf(id, packed, i));
  }

  /** Gives what is in memory; if that is too little, what must be brought there first. */
  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    await this.#open();
    const claims = this.#hot.claim(request, this.#now());
    for (;;) {
      const hungry = this.#hot.hungry(MOST_LOADED, this.#now());
      if (hungry.length === 0) return claims;
      const fed = this.#feed(hungry);
      if (claims.length >= request.max) {
        // It will be there for a later claim. If it fails, that one asks again.
        fed.catch(() => {});
        return claims;
      }
      await fed;
      claims.push(...this.#hot.claim({ ...request, max: request.max - claims.length }, this.#now()));
    }
  }

  /** Gives back the leases that were lost. */
  async settle(settlements: readonly Settlement[]): Promise<readonly Lease[]> {
    const now = this.#now();
    const live = new Map<Lease, Settling>();
    const lost: Lease[] = [];
    for (const settlement of settlements) {
      const { lease } = settlement;
      const delivery = this.#hot.leased(lease, now);
      if (delivery === undefined || live.has(lease)) lost.push(lease);
      else live.set(lease, { delivery, webhook: this.#lanes.numberOf(delivery.lane) ?? 0, settlement });
    }
    const settling = [...live.values()];
    // The attempts are over: their webhooks have room for others while this is written down.
    for (const lease of live.keys()) this.#hot.ended(lease, now);
    const written = settling.filter(({ settlement }) => isWritten(settlement));
    if (written.length > 0) await this.thread.ask("settle", packSettlements(written, now));
    for (const { delivery, settlement } of settling) this.#settled(delivery, settlement);
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

  changed(record: WebhookRecord): void {
    this.#hot.change(record, this.#now());
  }

  removed(id: string): void {
    this.#lanes.remove(id);
  }

  async nextDueIn(): Promise<number | null> {
    await this.#open();
    return this.#hot.nextIn(this.#now());
  }

  /** Until the file is open, nobody knows what is owed. */
  #open(): Promise<void> {
    this.#opened ??= this.thread.ask("nothing");
    return this.#opened;
  }

  #bear(events: readonly NewEvent[], { births, users }: PackedPublished): void {
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
          owedSince: now,
          due: now,
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

  #settled(delivery: HotDelivery, settlement: Settlement): void {
    this.#hot.end(settlement.lease);
    const now = this.#now();
    if (isWritten(settlement)) this.#hot.look(delivery.lane, now);
    else if (this.#hot.lane(delivery.lane.record.id) === delivery.lane)
      this.#hot.push({ ...delivery, due: now }, now);
  }

  async #feed(lanes: readonly HotLane[]): Promise<void> {
    try {
      const rows = await this.thread.ask(
        "load",
        lanes.flatMap((lane) => this.#lanes.numberOf(lane) ?? []),
      );
      for (const row of rows) this.#take(row);
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

/** What is handed back as it was is nothing that the file must know. */
function isWritten({ settled, attempt }: Settlement): boolean {
  return settled.state !== "release" || attempt !== null;
}
