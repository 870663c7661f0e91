import type { Lease, Settlement } from "@heron-webhooks/sender";
import type { Database } from "./database.ts";
import { Gathered } from "./gathered.ts";
import { DEAD, DELIVERED, RELEASE, RETRY } from "./schema/settling.ts";

const STATES = { delivered: DELIVERED, retry: RETRY, dead: DEAD, release: RELEASE } as const;
/** So many calls, each of what ended in one turn of the loop, make one statement. */
const MOST_CALLS = 64;

type Call =
  | { readonly settlements: readonly Settlement[] }
  | { readonly leases: readonly Lease[]; readonly leaseMs: number };

/** A lease, taken apart. */
interface Held {
  readonly holder: number;
  readonly id: number;
  readonly n: number;
}

/** Writes down what attempts came to, and prolongs leases: in the order in which it was asked for. */
export class Settling {
  readonly #database: Database;
  readonly #gathered: Gathered<Call, readonly Lease[]>;

  constructor(database: Database) {
    this.#database = database;
    this.#gathered = new Gathered(MOST_CALLS, (calls) => this.#do(calls));
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Lease[]> {
    return settlements.length === 0 ? [] : this.#gathered.add({ settlements });
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    return leases.length === 0 ? [] : this.#gathered.add({ leases, leaseMs });
  }

  async #do(calls: readonly Call[]): Promise<readonly (readonly Lease[])[]> {
    const settlements = calls.flatMap((call) => ("settlements" in call ? call.settlements : []));
    // A lease settles once: what comes twice is lost the second time.
    const first = new Map(settlements.map((one) => [one.lease, one] as const).reverse());
    const settled = await this.#settle([...first.values()].filter(({ lease }) => heldBy(lease) !== null));
    const lost: (readonly Lease[])[] = [];
    for (const call of calls)
      if ("leases" in call) lost.push(await this.#renew(call.leases, call.leaseMs));
      else
        lost.push(
          call.settlements
            .filter((one) => first.get(one.lease) !== one || !settled.has(one.lease))
            .map(({ lease }) => lease),
        );
    return lost;
  }

  /** Gives back the leases that lasted. */
  async #settle(settlements: readonly Settlement[]): Promise<ReadonlySet<Lease>> {
    if (settlements.length === 0) return new Set();
    const held = settlements.map(({ lease }) => heldBy(lease) as Held);
    const [row] = await this.#database.query<{ readonly places: readonly number[] | null }>(
      `select ${this.#database.schema}.settle($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) as places`,
      [
        held.map(({ id }) => id),
        held.map(({ holder }) => holder),
        held.map(({ n }) => n),
        settlements.map(({ settled }) => STATES[settled.state]),
        settlements.map(({ settled }) => (settled.state === "retry" ? settled.delayMs : 0)),
        settlements.map(({ settled }) => (settled.state === "dead" ? settled.reason : null)),
        settlements.map(({ attempt }) => attempt !== null),
        settlements.map(({ attempt }) => attempt?.status ?? null),
        settlements.map(({ attempt }) => (attempt === null ? null : Math.round(attempt.ms))),
        settlements.map(({ attempt }) => kept(attempt?.reason)),
        settlements.map(({ attempt }) => kept(attempt?.answer)),
      ],
    );
    return new Set((row?.places ?? []).map((place) => settlements[place - 1]?.lease as Lease));
  }

  async #renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    const known = leases.filter((lease) => heldBy(lease) !== null);
    const held = known.map((lease) => heldBy(lease) as Held);
    const [row] = await this.#database.query<{ readonly places: readonly number[] | null }>(
      `select ${this.#database.schema}.renew($1,$2,$3,$4) as places`,
      [held.map(({ id }) => id), held.map(({ holder }) => holder), held.map(({ n }) => n), leaseMs],
    );
    const renewed = new Set((row?.places ?? []).map((place) => known[place - 1]));
    return leases.filter((lease) => !renewed.has(lease));
  }
}

function heldBy(lease: Lease): Held | null {
  const [, holder, id, n] = /^(\d{1,10})\/(\d{1,16})\/(\d{1,16})$/.exec(lease) ?? [];
  return holder === undefined ? null : { holder: Number(holder), id: Number(id), n: Number(n) };
}

/** An answer may hold anything, but PostgreSQL's text no U+0000. */
function kept(text: string | null | undefined): string | null {
  return text?.replaceAll("\0", "\u{FFFD}") ?? null;
}
