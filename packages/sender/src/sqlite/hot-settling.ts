import type { HotDelivery } from "../schedule/hot-delivery.ts";
import type { LiveLease } from "../schedule/leases.ts";
import type { ExpiredDelivery, Lease, Settlement } from "../store/store.ts";
import { Gathered } from "./gathered.ts";
import type { HotParts } from "./hot-parts.ts";
import { packSettlements, type Settling } from "./packed.ts";

/** A delivery that is being settled, with its lease. */
interface Leased extends Settling {
  readonly live: LiveLease;
}

/** Settles: in the file, and only then out of memory. */
export class HotSettling {
  readonly #parts: HotParts;
  readonly #gathered: Gathered<Settling, void>;

  constructor(parts: HotParts) {
    this.#parts = parts;
    this.#gathered = new Gathered((take) =>
      parts.thread.askLater("settle", () => [packSettlements(take(), parts.now())]),
    );
  }

  /** Gives back the leases that were lost. */
  async settle(settlements: readonly Settlement[]): Promise<readonly Lease[]> {
    const { thread, hot, lanes, now } = this.#parts;
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
    await this.#write(leased);
    const written = now();
    for (const one of leased) this.#settled(one, written);
    // Should it fail, that is for who asks next to say.
    void lanes.forgetIdle((numbers) => thread.ask("forget", numbers)).catch(() => {});
    return lost;
  }

  /** Has die what is overdue in memory; once that is nothing, what is overdue in the file. */
  async expire(
    olderThanMs: number,
    max: number,
  ): Promise<{ readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean }> {
    const { thread, hot, lanes, now } = this.#parts;
    const overdue = hot.takeOverdue(now() - olderThanMs, max, now());
    if (overdue.length === 0) return thread.ask("expire", olderThanMs, max);
    const dying = overdue.map((delivery): Settling => {
      const settled = { state: "dead", reason: "expired" } as const;
      const webhook = lanes.numberOf(delivery.lane) ?? 0;
      return { delivery, webhook, settled, attempt: null };
    });
    try {
      await this.#gathered.give(dying);
    } catch (error) {
      for (const delivery of overdue) this.#handBack(delivery);
      throw error;
    }
    return { expired: overdue.map(expiredOf), isDone: false };
  }

  async #write(leased: readonly Leased[]): Promise<void> {
    const written = leased.filter(isWritten);
    if (written.length === 0) return;
    try {
      await this.#gathered.give(written);
    } catch (error) {
      for (const { live } of leased) this.#parts.hot.failed(live);
      throw error;
    }
  }

  #settled(leased: Leased, now: number): void {
    const { hot } = this.#parts;
    hot.end(leased.live);
    if (isWritten(leased)) hot.look(leased.delivery.lane, now);
    else this.#handBack(leased.delivery);
  }

  /** It waits again, as it was, unless its webhook was removed meanwhile. */
  #handBack(delivery: HotDelivery): void {
    const { hot, now } = this.#parts;
    if (hot.lane(delivery.lane.record.id) === delivery.lane) hot.push(delivery, now());
  }
}

/** What is handed back as it was is nothing that the file must know. */
function isWritten({ settled, attempt }: Settling): boolean {
  return settled.state !== "release" || attempt !== null;
}

function expiredOf({ id, lane, event, attempts }: HotDelivery): ExpiredDelivery {
  const { id: webhook, account } = lane.record;
  return { delivery: id, webhook, account, topic: event.topic, attempts };
}
