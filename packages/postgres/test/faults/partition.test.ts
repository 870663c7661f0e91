import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Crew, EVERY, LEASE, SLACK } from "./crew.ts";
import type { SenderProcess } from "./sender-process.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { until } from "./until.ts";

/** How long a statement may take. */
const TIMEOUT = 1000;

let crew: Crew;
let proxy: TcpProxy;
/** The process whose way to the server the proxy is. */
let remote: SenderProcess;

beforeAll(async () => {
  const url = new URL(inject("postgres"));
  proxy = await TcpProxy.open(Number(url.port));
  crew = await Crew.open(url.href, { count: 3, isStarted: false });
  url.port = String(proxy.port);
  remote = await crew.join({ store: { connectionString: url.href, timeoutMs: TIMEOUT } });
  for (const process of crew.processes) await process.ask({ do: "start" });
  crew.inbox.answer = (_, index) => (index % 7 === 3 ? 503 : 200);
}, 60_000);

afterAll(async () => {
  await crew[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

const WAYS: readonly (readonly [what: string, fault: () => void | Promise<void>])[] = [
  ["hangs", () => proxy.hang()],
  ["hangs towards the server", () => proxy.hang("toServer")],
  ["hangs towards the process", () => proxy.hang("toClient")],
  ["is shut", () => proxy.refuse()],
  ["forgets its connections", () => proxy.forget()],
];

test.each(WAYS)(
  "when the way between one process and the server %s, the others go on, and so does it once that is mended",
  async (_, fault) => {
    await crew.spread();
    await crew.emitting(EVERY);
    const refused = remote.refused.length;
    await fault();
    await crew.arrived(LEASE + SLACK);
    await until("its emits are refused", SLACK, () => (remote.refused.length > refused ? true : undefined));
    await until("it is given up", LEASE + SLACK, async () =>
      (await crew.books()).workers === 3 ? true : undefined,
    );
    await crew.arrived(LEASE + SLACK);
    await proxy.mend();
    const accepted = remote.accepted.size;
    await until("it emits again", LEASE + SLACK, () => (remote.accepted.size > accepted ? true : undefined));
    await until("it is there again", LEASE + SLACK, async () =>
      (await crew.books()).workers === 4 ? true : undefined,
    );
    await crew.quiet();
    await crew.arrived();
    await crew.settled();
    expect(crew.verdict).toMatchObject({ missing: 0, doubled: 0, fallen: 0 });
    expect(new Set(remote.refused.map(({ code }) => code))).toEqual(new Set(["store_unavailable"]));
  },
  60_000,
);
