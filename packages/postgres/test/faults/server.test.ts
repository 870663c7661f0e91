import { PostgresCluster, type StopMode } from "@heron-webhooks/conformance/postgres";
import { selectCount } from "@heron-webhooks/conformance/runs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EMIT_INTERVAL_MS, LEASE_MS, SenderCluster, SLACK_MS } from "./sender-cluster.ts";

let cluster: PostgresCluster;
let senders: SenderCluster;

beforeAll(async () => {
  cluster = await PostgresCluster.start();
  senders = await SenderCluster.open(cluster.url);
  senders.inbox.respond = (_, index) => (index % 7 === 3 ? 503 : 200);
}, 60_000);

afterAll(async () => {
  await senders[Symbol.asyncDispose]();
  await cluster.end();
});

/** No event is lost, and the senders recover without help. */
async function expectProgress(): Promise<void> {
  await senders.waitForCompletions(20, LEASE_MS + SLACK_MS);
  await senders.stopEmitting();
  await senders.waitForEvents(LEASE_MS + SLACK_MS);
  await senders.waitForCleanTables();
  expect(senders.summary).toMatchObject({ missing: 0, duplicated: 0, crashed: 0 });
}

test("when all connections are ended, again and again, no event is lost or delivered twice", async () => {
  await senders.startEmitting(EMIT_INTERVAL_MS);
  for (let n = 0; n < selectCount(3, 12); n++) {
    await senders.waitForCompletions(10, LEASE_MS + SLACK_MS);
    await senders.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
    );
  }
  await expectProgress();
}, 60_000);

test.each<StopMode>(["fast", "immediate", "kill"])(
  "when the server is stopped (%s) and started again, no event is lost and delivery continues",
  async (mode) => {
    await senders.startEmitting(EMIT_INTERVAL_MS);
    await senders.waitForCompletions(20, LEASE_MS + SLACK_MS);
    await cluster.stopServer(mode);
    await cluster.startServer();
    await expectProgress();
  },
  60_000,
);
