import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { createBullmqCompetitors } from "../send/bullmq-competitors.ts";
import type { CompetitorDefinition, CompetitorResources } from "../send/competitors.ts";
import type { DeliveryProgramOptions } from "../send/delivery-program.ts";
import { connectClient, type PostgresServer } from "./server.ts";

/** A competitor, and the one that it is compared with. */
export interface StoreCompetitor extends CompetitorDefinition {
  /** The denominator of its ratio; for `ours` the ratio is our one process by this competitor. */
  readonly comparedWith: "limit" | "sqlite" | "one-process" | "ours" | null;
}

/** Processes on one database, each of which emits and delivers. */
const PROCESSES = [
  { key: "one-process", name: "heron on PostgreSQL, 1 process", count: 1 },
  { key: "two-processes", name: "heron on PostgreSQL, 2 processes", count: 2 },
  { key: "four-processes", name: "heron on PostgreSQL, 4 processes", count: 4 },
] as const;

/** Our sender on SQLite, and on PostgreSQL with one to four processes, beside the limit. */
export function listStoreCompetitors(
  origin: string,
  folder: string,
  databases: CompetitorDatabases,
): readonly StoreCompetitor[] {
  const limit = [{ kind: "limit", origin }] as const;
  return [
    { key: "limit", name: "undici alone (the limit)", comparedWith: null, minRatio: null, programs: limit },
    {
      key: "again",
      name: "undici alone, again (A/A)",
      comparedWith: "limit",
      minRatio: null,
      programs: limit,
    },
    {
      key: "sqlite",
      name: "heron on SQLite",
      comparedWith: "limit",
      minRatio: null,
      programs: [{ kind: "heron", origin }],
      prepare: async () => ({ path: join(folder, "heron.db") }),
    },
    ...PROCESSES.map(
      ({ key, name, count }): StoreCompetitor => ({
        key,
        name,
        comparedWith: key === "one-process" ? "sqlite" : "one-process",
        minRatio: key === "one-process" ? 0.5 : null,
        programs: Array.from({ length: count }, (_, i) => createHeronProcess(origin, i)),
        prepare: () => databases.create(`heron_${key}`),
      }),
    ),
  ];
}

/** Each process has its own account and webhook, so matching costs the same for any number of processes. */
function createHeronProcess(origin: string, i: number): Omit<DeliveryProgramOptions, "path"> {
  return { kind: "heron", origin, account: `process-${i}` };
}

/** The alternatives: queues on the same server, and on Redis. */
export function listQueueCompetitors(
  origin: string,
  folder: string,
  databases: CompetitorDatabases,
): readonly StoreCompetitor[] {
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
        minRatio: 1,
        programs: [{ kind, origin }],
        prepare: () => databases.create(kind),
      }),
    ),
    ...createBullmqCompetitors(folder, 1, { origin, usesPool: true }).map(
      (entry): StoreCompetitor => ({ ...entry, comparedWith: "ours" }),
    ),
  ];
}

/** Until callers have reached the maximum of pending events. */
const LEAD_IN_MS = 400;

/** A database for each competitor, all on one server, whose CPU time counts for the competitor that is measured. */
export class CompetitorDatabases {
  readonly #server: PostgresServer;
  readonly #suffix: string;

  constructor(server: PostgresServer, suffix: string) {
    this.#server = server;
    this.#suffix = suffix;
  }

  async create(name: string): Promise<CompetitorResources> {
    const database = `${name}_${this.#suffix}`;
    const path = await this.#server.database(database);
    return {
      path,
      getHelperCpuSeconds: () => this.#server.cpuSeconds(),
      warmUp: () => warmUpStatistics(path),
      stop: () => this.#server.drop(database),
    };
  }
}

/**
 * Analyzes the tables under load. Autovacuum would see them mostly at rest, since each competitor is idle for nine tenths
 * of the time here, and competitors that delete delivered jobs would get plans for empty tables.
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
