import type { BenchOptions } from "../options.ts";
import { BUSY_PENDING, BUSY_WEBHOOKS, measureFairness } from "../send/fairness.ts";
import type { Sink } from "../send/sink-process.ts";
import { fillSchema } from "./fill-schema.ts";
import type { PostgresServer } from "./server.ts";

/** The default concurrency of a webhook. */
const CONCURRENCY = 10;

/** How long a hundred accounts with one event each wait beside an account with a large backlog. */
export async function benchFairness(
  { isQuick }: BenchOptions,
  sink: Sink,
  server: PostgresServer,
): Promise<void> {
  const database = await server.database("fairness");
  await fillSchema(database, "heron", {
    accounts: 1,
    webhooksPerAccount: BUSY_WEBHOOKS,
    concurrency: CONCURRENCY,
    url: `${sink.origin}/slow`,
    pending: BUSY_PENDING,
  });
  await measureFairness(database, sink, isQuick ? 3 : 10);
}
