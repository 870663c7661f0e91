import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { createBullmqCompetitors } from "../send/bullmq-competitors.ts";
import type { CompetitorDefinition, CompetitorResources } from "../send/competitors.ts";
import type { DeliveryProgramOptions } from "../send/delivery-program.ts";
import { connectClient, type PostgresServer } from "./server.ts";

/** A contender, and who it is compared with. */
export interface StoreCompetitor extends CompetitorDefinition {
  /** Its ratio is by this one; for `ours` it is our one process by it. */
  readonly comparedWith: "limit" | "sqlite" | "one" | "ours" | null;
}

/** Processes over one database, each of which emits and delivers. */
const PROCESSES = [
  { key: "one", name: "heron over PostgreSQL, 1 process", count: 1 },
  { key: "two", name: "heron over PostgreSQL, 2 processes", count: 2 },
  { key: "four", name: "heron over PostgreSQL, 4 processes", count: 4 },
] as const;

/** Our sender over a file, and over a database with more and more processes, beside the limit. */
export function listStoreCompetitors(origin: string, folder: string, databases: CompetitorDatabases): readonly StoreCompetitor[] {
  const limit = [{ kind: "limit", origin }] as const;
  return [
    { key: "limit", name: "undici alone (the limit)", comparedWith: null, least: null, programs: limit },
    { key: "again", name: "undici alone, again (A/A)", comparedWith: "limit", least: null, programs: limit },
    {
      key: "sqlite",
      name: "heron over SQLite",
      comparedWith: "limit",
      least: null,
      programs: [{ kind: "heron", origin }],
      prepare: async () => ({ path: join(folder, "heron.db") }),
    },
    ...PROCESSES.map(
      ({ key, name, count }): StoreCompetitor => ({
        key,
        name,
        comparedWith: key === "one" ? "sqlite" : "one",
        least: key === "one" ? 0.5 : null,
        programs: Array.from({ length: count }, (_, i) => createHeronProcess(origin, i)),
        prepare: () => databases.create(`heron_${key}`),
      }),
    ),
  ];
}

/** An account of its own, with a webhook of its own: what matches is the same for each, however many there are. */
function createHeronProcess(origin: string, i: number): Omit<DeliveryProgramOptions, "path"> {
  return { kind: "heron", origin, account: `process-${i}` };
}

/** What one would use instead: queues over the same server, and over Redis. */
export function listQueueCompetitors(origin: string, folder: string, databases: CompetitorDatabases): readonly StoreCompetitor[] {
  const queues = [
    { kind: "pg-boss", name: "pg-boss" },
    { kind: "graphile-worker", name: "graphile-worker" },
  ] as const;
  return [
    ...queues.map(
      ({ kind, name }): StoreCompetitor => ({
        key: kind,
        name,
        comparedWith: "ours",
        least: 1,
        programs: [{ kind, origin }],
        prepare: () => databases.create(kind),
      }),
    ),
    ...createBullmqCompetitors(folder, 1, { origin, usesPool: true }).map((entry): StoreCompetitor => ({ ...entry, comparedWith: "ours" })),
  ];
}

/** Until callers are as far ahead as they may be. */
const LEAD_IN_MS = 400;

/** A database for each, all on one server: whoever's turn it is has what the server uses counted as its own. */
export class CompetitorDatabases {
  readonly #server: PostgresServer;
  readonly #suffix: string;

  constructor(server: PostgresServer, suffix: string) {
    this.#server = server;
    this.#suffix = suffix;
  }

  async create(name: string): Promise<CompetitorResources> {
    const own = `${name}_${this.#suffix}`;
    const path = await this.#server.database(own);
    return {
      path,
      getHelperCpuSeconds: () => this.#server.cpuSeconds(),
      warmUp: () => warmUpStatistics(path),
      stop: () => this.#server.drop(own),
    };
  }
}

/**
 * Has the server know the tables as they are at work. By itself it would look at them mostly at rest, since each is at rest
 * for nine tenths of the time here; and whoever keeps nothing would then have plans made for empty tables.
 */
async function warmUpStatistics(url: string): Promise<void> {
  await after(LEAD_IN_MS);
  const client = await connectClient(url);
  try {
    await client.query("analyze");
  } finally {
    await client.end();
  }
}
