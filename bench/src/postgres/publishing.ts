import { randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { postgresStore } from "@heron-webhooks/postgres";
import { createSender, type NewEvent, type Store } from "@heron-webhooks/sender";
import type { BenchOptions } from "../options.ts";
import { median, turnedAbout } from "../ratio.ts";
import { LOGGER } from "../send/heron-sender.ts";
import { SECRET, STOCKED_BODY, TOPIC } from "../send/request.ts";
import type { Sink } from "../send/sink-process.ts";
import { printTable, verdict } from "../table.ts";
import type { PostgresServer } from "./server.ts";

const LEAST_PER_SECOND = 30_000;
const ACCOUNT = "publishing";
const WARM_UP_MS = 500;

interface Way {
  readonly batch: number;
  /** So many publish at once, batch after batch. */
  readonly callers: number;
}

const WAYS: readonly Way[] = [
  { batch: 100, callers: 1 },
  { batch: 100, callers: 4 },
  { batch: 500, callers: 1 },
  { batch: 500, callers: 4 },
];

/** What a way came to in one round. */
interface Round {
  readonly perSecond: number;
  /** Of a processor for an event, in microseconds. */
  readonly server: number;
  readonly client: number;
}

/** How many events a second are durable when they are published in batches, and nothing is delivered. */
export async function benchPublishing(
  { quick }: BenchOptions,
  sink: Sink,
  server: PostgresServer,
): Promise<void> {
  const rounds = quick ? 2 : 5;
  const ms = quick ? 1500 : 4000;
  const measured: Round[][] = WAYS.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const index of turnedAbout(WAYS.length, round)) {
      // What the others published would make tables and indexes larger.
      const name = `publishing_${round}_${index}`;
      const store = await openStore(await server.database(name), sink);
      try {
        measured[index]?.push(await publishFor(store, WAYS[index] as Way, ms, server));
      } finally {
        await store.close();
        await server.drop(name);
      }
    }
  print(measured, rounds, ms);
}

/** A store with one webhook that wants everything, and whose account may be owed as much as anybody publishes here. */
async function openStore(url: string, sink: Sink): Promise<Store> {
  const store = postgresStore({ connectionString: url, maxPending: 100_000_000 });
  const sender = createSender({
    store: { ...store, close: async () => {} },
    egress: { allow: ["127.0.0.0/8"], http: true },
    logger: LOGGER,
  });
  await sender.webhooks.create({ account: ACCOUNT, url: `${sink.origin}/`, topics: [TOPIC], secret: SECRET });
  await sender.close();
  return store;
}

async function publishFor(
  store: Store,
  { batch, callers }: Way,
  ms: number,
  server: PostgresServer,
): Promise<Round> {
  let published = 0;
  let running = true;
  const call = async (): Promise<void> => {
    while (running) {
      await publish(store, batch);
      published += batch;
    }
  };
  const calling = Promise.all(Array.from({ length: callers }, call));
  try {
    await Promise.race([after(WARM_UP_MS), calling]);
    const [from, before, used, served] = [
      performance.now(),
      published,
      process.cpuUsage(),
      server.cpuSeconds(),
    ];
    await Promise.race([after(ms), calling]);
    const [count, seconds] = [published - before, (performance.now() - from) / 1000];
    const { user, system } = process.cpuUsage(used);
    const serverSeconds = (server.cpuSeconds() ?? Number.NaN) - (served ?? Number.NaN);
    return {
      perSecond: count / seconds,
      server: (serverSeconds * 1e6) / count,
      client: (user + system) / count,
    };
  } finally {
    running = false;
    await calling;
  }
}

async function publish(store: Store, count: number): Promise<void> {
  const events = Array.from(
    { length: count },
    (): NewEvent => ({
      account: ACCOUNT,
      id: `evt_${randomUUID()}`,
      idempotent: false,
      topic: TOPIC,
      body: STOCKED_BODY,
      user: null,
      webhook: null,
    }),
  );
  const { published } = await store.publish(events);
  for (const one of published)
    if ("refused" in one || one.deliveries !== 1)
      throw new Error("an event was not published for its webhook");
}

function print(measured: readonly (readonly Round[])[], rounds: number, ms: number): void {
  const rows = WAYS.map(({ batch, callers }, index) => {
    const own = measured[index] ?? [];
    const middle = (which: keyof Round): number => median(own.map((round) => round[which]));
    const perSecond = middle("perSecond");
    return [
      `${batch} at a time, ${callers === 1 ? "one caller" : `${callers} callers`}`,
      Math.round(perSecond).toLocaleString("en"),
      middle("server").toFixed(1),
      middle("client").toFixed(1),
      `>= ${LEAST_PER_SECOND.toLocaleString("en")}`,
      verdict(perSecond >= LEAST_PER_SECOND),
    ];
  });
  printTable(
    `Events that are durable, each for one webhook, published in batches: ${rounds} rounds of ${ms / 1000} s, each in an empty database\nnothing is delivered; the target is for a machine that does nothing else`,
    ["", "per s", "server CPU us", "own CPU us", "target", ""],
    rows,
  );
}
