import type { BenchOptions } from "../options.ts";
import { BUSY, BUSY_WEBHOOKS, measureFairness } from "../send/fairness.ts";
import type { Sink } from "../send/sink-process.ts";
import type { PostgresServer } from "./server.ts";
import { stockSchema } from "./stocked-schema.ts";

/** What a webhook may have under way by default. */
const CONCURRENCY = 10;

/** One account that is owed a lot, and a hundred that each emit one event: how long these wait. */
export async function benchFairness(
  { quick }: BenchOptions,
  sink: Sink,
  server: PostgresServer,
): Promise<void> {
  const database = await server.database("fairness");
  await stockSchema(database, "heron", {
    accounts: 1,
    webhooksEach: BUSY_WEBHOOKS,
    concurrency: CONCURRENCY,
    url: `${sink.origin}/slow`,
    pending: BUSY,
  });
  await measureFairness(database, sink, quick ? 3 : 10);
}
