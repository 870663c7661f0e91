import type { BenchOptions } from "../options.ts";
import { type BenchPart, runParts } from "../send/parts.ts";
import type { Sink } from "../send/sink-process.ts";
import { benchBloat } from "./bloat.ts";
import { benchClaims } from "./claims.ts";
import { benchFairness } from "./fairness.ts";
import { benchPublish } from "./publish.ts";
import { PostgresServer } from "./server.ts";
import { benchStores, benchThroughput } from "./throughput.ts";

type PostgresPart = (
  options: BenchOptions,
  sink: Sink,
  server: PostgresServer,
  scratch: string,
) => Promise<void>;

function withServer(part: PostgresPart): BenchPart {
  return async (options, sink, scratch) => {
    const server = await PostgresServer.start();
    try {
      await part(options, sink, server, scratch);
    } finally {
      await server.stop();
    }
  };
}

const PARTS = {
  throughput: withServer(benchThroughput),
  stores: withServer(benchStores),
  publishing: withServer(benchPublish),
  claims: withServer(benchClaims),
  fairness: withServer(benchFairness),
  bloat: withServer(benchBloat),
} as const;

/** The sender on PostgreSQL: the cost of a delivery, compared with SQLite and with queues, and how it grows. */
export async function postgres(options: BenchOptions): Promise<void> {
  // `throughput` includes `stores`.
  await runParts(PARTS, options, ["stores"]);
}
