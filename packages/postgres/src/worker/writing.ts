import type { Settling } from "@heron-webhooks/engine";
import type { Database } from "../database.ts";
import { Gathered } from "../gathered.ts";
import { DEAD, DELIVERED, WAITS } from "../schema/settling.ts";
import type { WorkerContext } from "./context.ts";
import type { Identity } from "./identity.ts";
import type { Memory } from "./memory.ts";

/** So many calls make one statement. */
const MOST_CALLS = 64;

const STATES = { delivered: DELIVERED, retry: WAITS, dead: DEAD, release: WAITS } as const;

/** Writes down what attempts came to: what comes while a statement is under way goes together in the next. */
export class Writing {
  readonly #identity: Identity;
  readonly #memory: Memory;
  readonly #context: WorkerContext;
  readonly #gathered: Gathered<readonly Settling[], ReadonlySet<Settling>>;

  constructor(identity: Identity, memory: Memory, context: WorkerContext) {
    this.#identity = identity;
    this.#memory = memory;
    this.#context = context;
    const { name, timeoutMs } = context.database;
    this.#gathered = new Gathered({
      most: MOST_CALLS,
      patienceMs: timeoutMs,
      name,
      work: (calls) => this.#write(calls),
    });
  }

  /** Gives back those that belong to somebody else by now, of which nothing was written. */
  write(settling: readonly Settling[]): Promise<ReadonlySet<Settling>> {
    return this.#gathered.add(settling);
  }

  async #write(calls: readonly (readonly Settling[])[]): Promise<readonly ReadonlySet<Settling>[]> {
    const { database, clock } = this.#context;
    const all = calls.flat();
    const now = clock.now();
    const lasted = await this.#identity.write((number) => writeSettled(database, number, all, now));
    for (const one of all) {
      const { delivery, webhook, settled } = one;
      this.#memory.left(webhook, delivery);
      // Whoever has one that was refused may be nobody.
      const waits = settled.state === "release" || !lasted.has(one);
      const due = waits ? now : settled.state === "retry" ? now + settled.delayMs : null;
      if (due !== null) this.#memory.stored(webhook, due, now);
    }
    return calls.map((settling) => new Set(settling.filter((one) => !lasted.has(one))));
  }
}

/** Gives back those that were still the worker's. */
async function writeSettled(
  database: Database,
  worker: number,
  unsorted: readonly Settling[],
  now: number,
): Promise<ReadonlySet<Settling>> {
  const settling = [...unsorted].sort((one, other) => one.delivery.sequence - other.delivery.sequence);
  const [row] = await database.query<{ readonly places: readonly number[] | null }>(
    `select ${database.schema}.settle($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) as places`,
    [
      now,
      worker,
      settling.map(({ delivery }) => delivery.sequence),
      settling.map(({ settled }) => STATES[settled.state]),
      settling.map(({ settled }) => now + (settled.state === "retry" ? Math.round(settled.delayMs) : 0)),
      settling.map(({ settled }) => (settled.state === "dead" ? settled.reason : null)),
      settling.map(({ attempt }) => attempt !== null),
      settling.map(({ attempt }) => attempt?.status ?? null),
      settling.map(({ attempt }) => (attempt === null ? null : Math.round(attempt.ms))),
      settling.map(({ attempt }) => kept(attempt?.reason)),
      settling.map(({ attempt }) => kept(attempt?.answer)),
    ],
  );
  return new Set((row?.places ?? []).flatMap((place) => settling[place - 1] ?? []));
}

/** An answer may hold anything, but PostgreSQL's text no U+0000. */
function kept(text: string | null | undefined): string | null {
  return text?.replaceAll("\0", "\u{FFFD}") ?? null;
}
