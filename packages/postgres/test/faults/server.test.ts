import { PostgresCluster, type StopMode } from "@heron-webhooks/conformance/postgres";
import { selectCount } from "@heron-webhooks/conformance/runs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SenderCluster, EMIT_INTERVAL_MS, LEASE_MS, SLACK_MS } from "./sender-cluster.ts";

let cluster: PostgresCluster;
let crew: SenderCluster;

beforeAll(async () => {
  cluster = await PostgresCluster.start();
  crew = await SenderCluster.open(cluster.url);
  crew.inbox.respond = (_, index) => (index % 7 === 3 ? 503 : 200);
}, 60_000);

afterAll(async () => {
  await crew[Symbol.asyncDispose]();
  await cluster.end();
});

/** Nothing is lost, and nobody has to be told that the server is there again. */
async function expectProgress(): Promise<void> {
  await crew.waitForCompletions(20, LEASE_MS + SLACK_MS);
  await crew.stopEmitting();
  await crew.waitForEvents(LEASE_MS + SLACK_MS);
  await crew.waitForCleanTables();
  expect(crew.summary).toMatchObject({ missing: 0, doubled: 0, fallen: 0 });
}

test("when all connections are ended, again and again, nothing is lost and nothing comes twice", async () => {
  await crew.startEmitting(EMIT_INTERVAL_MS);
  for (let n = 0; n < selectCount(3, 12); n++) {
    await crew.waitForCompletions(10, LEASE_MS + SLACK_MS);
    await crew.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
    );
  }
  await expectProgress();
}, 60_000);

test.each<StopMode>(["fast", "immediate", "kill"])(
  "when the server is stopped (%s) and started again, nothing is lost and work goes on",
  async (mode) => {
    await crew.startEmitting(EMIT_INTERVAL_MS);
    await crew.waitForCompletions(20, LEASE_MS + SLACK_MS);
    await cluster.stopServer(mode);
    await cluster.startServer();
    await expectProgress();
  },
  60_000,
);
