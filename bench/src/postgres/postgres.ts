import type { BenchOptions } from "../options.ts";
import { type BenchPart, runParts } from "../send/parts.ts";
import type { Sink } from "../send/sink-process.ts";
import { benchBloat } from "./bloat.ts";
import { benchClaims } from "./claims.ts";
import { benchFairness } from "./fairness.ts";
import { benchPublish } from "./publish.ts";
import { PostgresServer } from "./server.ts";
import { benchStores, benchThroughput } from "./throughput.ts";

/** What a part is given: how much to do, what to deliver to, and a server of its own. */
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

/** The sender over PostgreSQL: what a delivery costs beside a file and beside queues, and that it stays so. */
export async function postgres(options: BenchOptions): Promise<void> {
  // What `stores` shows is in `throughput` too.
  await runParts(PARTS, options, ["stores"]);
}
