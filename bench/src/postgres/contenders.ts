import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { bullmqEntries } from "../send/bullmq-entries.ts";
import type { Entry, Prepared } from "../send/contenders.ts";
import type { SubjectOptions } from "../send/subject.ts";
import { connected, type PostgresServer } from "./server.ts";

/** A contender, and who it is compared with. */
export interface Rival extends Entry {
  /** Its ratio is by this one; for `ours` it is our one process by it. */
  readonly by: "limit" | "sqlite" | "one" | "ours" | null;
}

/** Processes over one database, each of which emits and delivers. */
const PROCESSES = [
  { key: "one", name: "heron over PostgreSQL, 1 process", count: 1 },
  { key: "two", name: "heron over PostgreSQL, 2 processes", count: 2 },
  { key: "four", name: "heron over PostgreSQL, 4 processes", count: 4 },
] as const;

/** Our sender over a file, and over a database with more and more processes, beside the limit. */
export function storeRivals(origin: string, folder: string, databases: Databases): readonly Rival[] {
  const limit = [{ kind: "limit", origin }] as const;
  return [
    { key: "limit", name: "undici alone (the limit)", by: null, least: null, subjects: limit },
    { key: "again", name: "undici alone, again (A/A)", by: "limit", least: null, subjects: limit },
    {
      key: "sqlite",
      name: "heron over SQLite",
      by: "limit",
      least: null,
      subjects: [{ kind: "heron", origin }],
      prepare: async () => ({ path: join(folder, "heron.db") }),
    },
    ...PROCESSES.map(
      ({ key, name, count }): Rival => ({
        key,
        name,
        by: key === "one" ? "sqlite" : "one",
        least: key === "one" ? 0.5 : null,
        subjects: Array.from({ length: count }, (_, i) => heronProcess(origin, i)),
        prepare: () => databases.make(`heron_${key}`),
      }),
    ),
  ];
}

/** An account of its own, with a webhook of its own: what matches is the same for each, however many there are. */
function heronProcess(origin: string, i: number): Omit<SubjectOptions, "path"> {
  return { kind: "heron", origin, account: `process-${i}` };
}

/** What one would use instead: queues over the same server, and over Redis. */
export function queueRivals(origin: string, folder: string, databases: Databases): readonly Rival[] {
  const queues = [
    { kind: "pg-boss", name: "pg-boss" },
    { kind: "graphile-worker", name: "graphile-worker" },
  ] as const;
  return [
    ...queues.map(
      ({ kind, name }): Rival => ({
        key: kind,
        name,
        by: "ours",
        least: 1,
        subjects: [{ kind, origin }],
        prepare: () => databases.make(kind),
      }),
    ),
    ...bullmqEntries(folder, 1, { origin, pooled: true }).map((entry): Rival => ({ ...entry, by: "ours" })),
  ];
}

/** Until callers are as far ahead as they may be. */
const LEAD_IN_MS = 400;

/** A database for each, all on one server: whoever's turn it is has what the server uses counted as its own. */
export class Databases {
  readonly #server: PostgresServer;
  readonly #suffix: string;

  constructor(server: PostgresServer, suffix: string) {
    this.#server = server;
    this.#suffix = suffix;
  }

  async make(name: string): Promise<Prepared> {
    const own = `${name}_${this.#suffix}`;
    const path = await this.#server.database(own);
    return {
      path,
      helperSeconds: () => this.#server.cpuSeconds(),
      leadIn: () => leadIn(path),
      stop: () => this.#server.drop(own),
    };
  }
}

/**
 * Has the server know the tables as they are at work. By itself it would look at them mostly at rest, since each is at rest
 * for nine tenths of the time here; and whoever keeps nothing would then have plans made for empty tables.
 */
async function leadIn(url: string): Promise<void> {
  await after(LEAD_IN_MS);
  const client = await connected(url);
  try {
    await client.query("analyze");
  } finally {
    await client.end();
  }
}
