import type { BenchOptions } from "../options.ts";
import { BUSY_PENDING, BUSY_WEBHOOKS, measureFairness } from "../send/fairness.ts";
import type { Sink } from "../send/sink-process.ts";
import type { PostgresServer } from "./server.ts";
import { fillSchema } from "./fill-schema.ts";

/** What a webhook may have under way by default. */
const CONCURRENCY = 10;

/** One account that is owed a lot, and a hundred that each emit one event: how long these wait. */
export async function benchFairness(
  { isQuick }: BenchOptions,
  sink: Sink,
  server: PostgresServer,
): Promise<void> {
  const database = await server.database("fairness");
  await fillSchema(database, "heron", {
    accounts: 1,
    webhooksEach: BUSY_WEBHOOKS,
    concurrency: CONCURRENCY,
    url: `${sink.origin}/slow`,
    pending: BUSY_PENDING,
  });
  await measureFairness(database, sink, isQuick ? 3 : 10);
}
