import type { Settling } from "@heron-webhooks/sender/store";
import type { Database } from "../database.ts";
import { DEAD, DELIVERED, WAITS } from "../schema/working.ts";

const STATES = { delivered: DELIVERED, retry: WAITS, dead: DEAD, release: WAITS } as const;

/** Writes down what attempts came to. Gives back those that were still the worker's. */
export async function writeSettled(
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
