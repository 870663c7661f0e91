import { setTimeout as after } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { Crew, EVERY, LEASE, SLACK } from "./crew.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { until } from "./until.ts";

test("a process that stood still for longer than its lease finds that it has lost what it had, and goes on", async () => {
  await using crew = await Crew.open(inject("postgres"));
  crew.inbox.answer = (_, index) => after(50, index % 7 === 3 ? 503 : 200);
  await crew.emitting(EVERY);
  const stopped = await until("one has something under way", SLACK, () =>
    crew.processes.find(({ underWay }) => underWay.size > 2),
  );
  stopped.stop();
  await crew.arrived(LEASE + SLACK);
  await until("it is given up", LEASE + SLACK, async () =>
    (await crew.books()).workers === crew.processes.length - 1 ? true : undefined,
  );
  stopped.goOn();
  await until("it has found out", SLACK, () => (stopped.losses > 0 ? true : undefined));
  await crew.working(20);
  await crew.quiet();
  await crew.arrived();
  await crew.settled();
  expect(crew.verdict).toMatchObject({ missing: 0, doubled: 0, fallen: 0 });
  expect(stopped.lost).toHaveLength(stopped.losses);
}, 60_000);

test("a process that stands still while it reads much keeps nobody waiting", async () => {
  const url = new URL(inject("postgres"));
  await using proxy = await TcpProxy.open(Number(url.port));
  await using crew = await Crew.open(url.href, { count: 1, webhooks: false, isStarted: false });
  url.port = String(proxy.port);
  const reader = await crew.join({ store: { connectionString: url.href } });
  const much = { accounts: ["ann"], topics: ["much.text"] };
  await crew.one.ask({ do: "create", webhook: { account: "ann", topics: ["**"], url: crew.inbox.url } });
  await reader.ask({ do: "start" });
  await reader.ask({ do: "emit", count: 1, ...much });
  await crew.arrived();
  proxy.stallsAnswer = (said) => {
    const isRead = said.includes("e.body");
    if (isRead) reader.stop();
    return isRead;
  };
  await crew.one.ask({ do: "emit", count: 100, ...much, size: 250_000 });
  const isStuck = async (): Promise<true | undefined> => {
    const { rows } = await crew.pool.query(
      "select from pg_stat_activity where wait_event = 'ClientWrite' and position($1 in query) > 0",
      [crew.schema],
    );
    return rows.length > 0 ? true : undefined;
  };
  await until("the server cannot go on writing", SLACK, isStuck);
  await crew.one.ask({ do: "start" });
  await crew.arrived(LEASE + SLACK);
  expect(await isStuck()).toBe(true);
  reader.goOn();
  await proxy.mend();
  await crew.settled();
  expect(crew.verdict).toMatchObject({ missing: 0, doubled: 0, fallen: 0 });
}, 60_000);
