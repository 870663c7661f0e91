import { Cluster, type StopMode } from "@heron-webhooks/conformance/postgres";
import { rounds } from "@heron-webhooks/conformance/runs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Crew, EVERY, LEASE, SLACK } from "./crew.ts";

let cluster: Cluster;
let crew: Crew;

beforeAll(async () => {
  cluster = await Cluster.start();
  crew = await Crew.open(cluster.url);
  crew.inbox.answer = (_, index) => (index % 7 === 3 ? 503 : 200);
}, 60_000);

afterAll(async () => {
  await crew[Symbol.asyncDispose]();
  await cluster.end();
});

/** Nothing is lost, and nobody has to be told that the server is there again. */
async function goesOn(): Promise<void> {
  await crew.working(20, LEASE + SLACK);
  await crew.quiet();
  await crew.arrived(LEASE + SLACK);
  await crew.settled();
  expect(crew.verdict).toMatchObject({ missing: 0, doubled: 0, fallen: 0 });
}

test("when all connections are ended, again and again, nothing is lost and nothing comes twice", async () => {
  await crew.emitting(EVERY);
  for (let n = 0; n < rounds(3, 12); n++) {
    await crew.working(10, LEASE + SLACK);
    await crew.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
    );
  }
  await goesOn();
}, 60_000);

test.each<StopMode>(["fast", "immediate", "kill"])(
  "when the server is stopped (%s) and started again, nothing is lost and work goes on",
  async (mode) => {
    await crew.emitting(EVERY);
    await crew.working(20, LEASE + SLACK);
    await cluster.stopServer(mode);
    await cluster.startServer();
    await goesOn();
  },
  60_000,
);
