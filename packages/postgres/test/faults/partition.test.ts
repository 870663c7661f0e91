import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { SenderCluster, EMIT_INTERVAL_MS, LEASE_MS, SLACK_MS } from "./sender-cluster.ts";
import type { SenderProcess } from "./sender-process.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { waitFor } from "./wait-for.ts";

/** How long a statement may take. */
const STATEMENT_TIMEOUT_MS = 1000;

let crew: SenderCluster;
let proxy: TcpProxy;
/** The process whose way to the server the proxy is. */
let remote: SenderProcess;

beforeAll(async () => {
  const url = new URL(inject("postgres"));
  proxy = await TcpProxy.open(Number(url.port));
  crew = await SenderCluster.open(url.href, { count: 3, isStarted: false });
  url.port = String(proxy.port);
  remote = await crew.join({ store: { connectionString: url.href, timeoutMs: STATEMENT_TIMEOUT_MS } });
  for (const process of crew.processes) await process.send({ do: "start" });
  crew.inbox.respond = (_, index) => (index % 7 === 3 ? 503 : 200);
}, 60_000);

afterAll(async () => {
  await crew[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

const PARTITIONS: readonly (readonly [what: string, fault: () => void | Promise<void>])[] = [
  ["hangs", () => proxy.block()],
  ["hangs towards the server", () => proxy.block("toServer")],
  ["hangs towards the process", () => proxy.block("toClient")],
  ["is shut", () => proxy.refuse()],
  ["forgets its connections", () => proxy.blackhole()],
];

test.each(PARTITIONS)(
  "when the way between one process and the server %s, the others go on, and so does it once that is mended",
  async (_, fault) => {
    await crew.spreadWebhooks();
    await crew.startEmitting(EMIT_INTERVAL_MS);
    const refused = remote.rejected.length;
    await fault();
    await crew.waitForEvents(LEASE_MS + SLACK_MS);
    await waitFor("its emits are refused", SLACK_MS, () => (remote.rejected.length > refused ? true : undefined));
    await waitFor("it is given up", LEASE_MS + SLACK_MS, async () =>
      (await crew.getTableSummary()).processes === 3 ? true : undefined,
    );
    await crew.waitForEvents(LEASE_MS + SLACK_MS);
    await proxy.restore();
    const accepted = remote.accepted.size;
    await waitFor("it emits again", LEASE_MS + SLACK_MS, () => (remote.accepted.size > accepted ? true : undefined));
    await waitFor("it is there again", LEASE_MS + SLACK_MS, async () =>
      (await crew.getTableSummary()).processes === 4 ? true : undefined,
    );
    await crew.stopEmitting();
    await crew.waitForEvents();
    await crew.waitForCleanTables();
    expect(crew.summary).toMatchObject({ missing: 0, doubled: 0, fallen: 0 });
    expect(new Set(remote.rejected.map(({ code }) => code))).toEqual(new Set(["store_unavailable"]));
  },
  60_000,
);
