import type { ExpiredDelivery, Lease, Settlement } from "../storage/store.ts";
import type { Hot } from "./hot.ts";
import type { HotDelivery } from "./hot-delivery.ts";
import type { Lanes } from "./lanes.ts";
import type { LiveLease } from "./leases.ts";

/** A settlement, with what is known of its delivery. */
export interface Settling extends Pick<Settlement, "settled" | "attempt"> {
  readonly delivery: HotDelivery;
  /** The webhook's number. */
  readonly webhook: number;
}

/** A delivery that is being settled, with its lease. */
interface Leased extends Settling {
  readonly live: LiveLease;
}

export interface SettlingContext {
  readonly hot: Hot;
  readonly lanes: Lanes;
  readonly now: () => number;
  /** Writes down what became of them; gives back those that belong to somebody else by now, of which nothing was written. */
  readonly write: (settling: readonly Settling[]) => Promise<ReadonlySet<Settling>>;
}

/** Settles: where it is kept, and only then out of memory. */
export class HotSettling {
  readonly #context: SettlingContext;

  constructor(context: SettlingContext) {
    this.#context = context;
  }

  /** Gives back the leases that were lost. */
  async settle(settlements: readonly Settlement[]): Promise<readonly Lease[]> {
    const { hot, lanes, now } = this.#context;
    const lost: Lease[] = [];
    const leased: Leased[] = [];
    for (const { lease, settled, attempt } of settlements) {
      const live = hot.settling(lease, now());
      if (live === undefined) lost.push(lease);
      else {
        const { delivery } = live;
        leased.push({ live, delivery, webhook: lanes.numberOf(delivery.lane) ?? 0, settled, attempt });
      }
    }
    const refused = await this.#write(leased);
    const written = now();
    for (const one of leased) {
      if (refused.has(one)) lost.push(one.live.lease);
      this.#settled(one, written, refused.has(one));
    }
    return lost;
  }

  /** Has die what is overdue in memory. */
  async expire(olderThanMs: number, max: number): Promise<readonly ExpiredDelivery[]> {
    const { hot, lanes, now, write } = this.#context;
    const overdue = hot.takeOverdue(now() - olderThanMs, max, now());
    if (overdue.length === 0) return [];
    const dying = overdue.map((delivery): Settling => {
      const settled = { state: "dead", reason: "expired" } as const;
      const webhook = lanes.numberOf(delivery.lane) ?? 0;
      return { delivery, webhook, settled, attempt: null };
    });
    try {
      const refused = await write(dying);
      return dying.filter((one) => !refused.has(one)).map(({ delivery }) => expiredOf(delivery));
    } catch (error) {
      for (const delivery of overdue) this.#handBack(delivery);
      throw error;
    }
  }

  async #write(leased: readonly Leased[]): Promise<ReadonlySet<Settling>> {
    const written = leased.filter(isWritten);
    if (written.length === 0) return new Set();
    try {
      return await this.#context.write(written);
    } catch (error) {
      for (const { live } of leased) this.#context.hot.failed(live);
      throw error;
    }
  }

  #settled(leased: Leased, now: number, isRefused: boolean): void {
    const { hot } = this.#context;
    hot.end(leased.live);
    if (isWritten(leased) || isRefused) hot.look(leased.delivery.lane, now);
    else this.#handBack(leased.delivery);
  }

  /** It waits again, as it was, unless its webhook was removed meanwhile. */
  #handBack(delivery: HotDelivery): void {
    const { hot, now } = this.#context;
    if (hot.lane(delivery.lane.record.id) === delivery.lane) hot.push(delivery, now());
  }
}

/** What is handed back as it was is nothing that must be written down. */
function isWritten({ settled, attempt }: Settling): boolean {
  return settled.state !== "release" || attempt !== null;
}

function expiredOf({ id, lane, event, attempts }: HotDelivery): ExpiredDelivery {
  const { id: webhook, account } = lane.record;
  return { delivery: id, webhook, account, topic: event.topic, attempts };
}
