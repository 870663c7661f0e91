import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { EMIT_INTERVAL_MS, LEASE_MS, SenderCluster, SLACK_MS } from "./sender-cluster.ts";
import type { SenderProcess } from "./sender-process.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { waitFor } from "./wait-for.ts";

const STATEMENT_TIMEOUT_MS = 1000;

let cluster: SenderCluster;
let proxy: TcpProxy;
/** The process that connects through the proxy. */
let remote: SenderProcess;

beforeAll(async () => {
  const url = new URL(inject("postgres"));
  proxy = await TcpProxy.open(Number(url.port));
  cluster = await SenderCluster.open(url.href, { count: 3, isStarted: false });
  url.port = String(proxy.port);
  remote = await cluster.join({
    store: { connectionString: url.href, statementTimeout: STATEMENT_TIMEOUT_MS },
  });
  for (const process of cluster.processes) await process.send({ do: "start" });
  cluster.inbox.respond = (_, index) => (index % 7 === 3 ? 503 : 200);
}, 60_000);

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

const PARTITIONS: readonly (readonly [what: string, fault: () => void | Promise<void>])[] = [
  ["hangs", () => proxy.block()],
  ["hangs towards the server", () => proxy.block("toServer")],
  ["hangs towards the process", () => proxy.block("toClient")],
  ["is refused", () => proxy.refuse()],
  ["drops its connections silently", () => proxy.blackhole()],
];

test.each(PARTITIONS)(
  "when the connection of one process to the server %s, the others continue, and so does it afterwards",
  async (_, fault) => {
    await cluster.spreadWebhooks();
    await cluster.startEmitting(EMIT_INTERVAL_MS);
    const rejected = remote.rejected.length;
    await fault();
    await cluster.waitForEvents(LEASE_MS + SLACK_MS);
    await waitFor("its emits are rejected", SLACK_MS, () =>
      remote.rejected.length > rejected ? true : undefined,
    );
    await waitFor("its lease has expired", LEASE_MS + SLACK_MS, async () =>
      (await cluster.getTableSummary()).processes === 3 ? true : undefined,
    );
    await cluster.waitForEvents(LEASE_MS + SLACK_MS);
    await proxy.restore();
    const accepted = remote.accepted.size;
    await waitFor("it emits again", LEASE_MS + SLACK_MS, () =>
      remote.accepted.size > accepted ? true : undefined,
    );
    await waitFor("it has registered again", LEASE_MS + SLACK_MS, async () =>
      (await cluster.getTableSummary()).processes === 4 ? true : undefined,
    );
    await cluster.stopEmitting();
    await cluster.waitForEvents();
    await cluster.waitForCleanTables();
    expect(cluster.summary).toMatchObject({ missing: 0, duplicated: 0, crashed: 0 });
    expect(new Set(remote.rejected.map(({ code }) => code))).toEqual(new Set(["store_unavailable"]));
  },
  60_000,
);
