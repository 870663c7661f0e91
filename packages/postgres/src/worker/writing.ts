import type { PendingCompletion } from "@heron-webhooks/engine";
import { Batcher } from "../batcher.ts";
import type { Database } from "../database.ts";
import { DEAD, DELIVERED, RETRY } from "../schema/complete.ts";
import type { MemberContext } from "./context.ts";
import type { Identity } from "./identity.ts";
import type { Memory } from "./memory.ts";

/** So many calls make one statement. */
const MOST_CALLS = 64;

const STATES = { delivered: DELIVERED, retry: RETRY, dead: DEAD, release: RETRY } as const;

/** Writes down what attempts came to: what comes while a statement is under way goes together in the next. */
export class Writing {
  readonly #identity: Identity;
  readonly #memory: Memory;
  readonly #context: MemberContext;
  readonly #gathered: Batcher<readonly PendingCompletion[], ReadonlySet<PendingCompletion>>;

  constructor(identity: Identity, memory: Memory, context: MemberContext) {
    this.#identity = identity;
    this.#memory = memory;
    this.#context = context;
    const { name, statementTimeoutMs } = context.database;
    this.#gathered = new Batcher({
      maxBatchSize: MOST_CALLS,
      queueTimeoutMs: statementTimeoutMs,
      name,
      runBatch: (calls) => this.#write(calls),
    });
  }

  /** Gives back those that belong to somebody else by now, of which nothing was written. */
  write(settling: readonly PendingCompletion[]): Promise<ReadonlySet<PendingCompletion>> {
    return this.#gathered.add(settling);
  }

  async #write(
    calls: readonly (readonly PendingCompletion[])[],
  ): Promise<readonly ReadonlySet<PendingCompletion>[]> {
    const { database, clock } = this.#context;
    const all = calls.flat();
    const now = clock.now();
    const lasted = await this.#identity.write((number) => writeSettled(database, number, all, now));
    for (const one of all) {
      const { delivery, webhook, completion } = one;
      this.#memory.left(webhook, delivery);
      // Whoever has one that was refused may be nobody.
      const waits = completion.state === "release" || !lasted.has(one);
      const due = waits ? now : completion.state === "retry" ? now + completion.delayMs : null;
      if (due !== null) this.#memory.stored(webhook, due, now);
    }
    return calls.map((settling) => new Set(settling.filter((one) => !lasted.has(one))));
  }
}

/** Gives back those that were still the worker's. */
async function writeSettled(
  database: Database,
  worker: number,
  unsorted: readonly PendingCompletion[],
  now: number,
): Promise<ReadonlySet<PendingCompletion>> {
  const settling = [...unsorted].sort((one, other) => one.delivery.sequence - other.delivery.sequence);
  const [row] = await database.query<{ readonly places: readonly number[] | null }>(
    `select ${database.schema}.complete_deliveries($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) as places`,
    [
      now,
      worker,
      settling.map(({ delivery }) => delivery.sequence),
      settling.map(({ completion }) => STATES[completion.state]),
      settling.map(
        ({ completion }) => now + (completion.state === "retry" ? Math.round(completion.delayMs) : 0),
      ),
      settling.map(({ completion }) => (completion.state === "dead" ? completion.reason : null)),
      settling.map(({ attempt }) => attempt !== null),
      settling.map(({ attempt }) => attempt?.responseStatus ?? null),
      settling.map(({ attempt }) => (attempt === null ? null : Math.round(attempt.durationMs))),
      settling.map(({ attempt }) => kept(attempt?.reason)),
      settling.map(({ attempt }) => kept(attempt?.responseBody)),
    ],
  );
  return new Set((row?.places ?? []).flatMap((place) => settling[place - 1] ?? []));
}

/** An answer may hold anything, but PostgreSQL's text no U+0000. */
function kept(text: string | null | undefined): string | null {
  return text?.replaceAll("\0", "\u{FFFD}") ?? null;
}
