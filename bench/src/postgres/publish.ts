import { randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { postgresStore } from "@heron-webhooks/postgres";
import { createSender, type NewEvent, type Store } from "@heron-webhooks/sender";
import type { BenchOptions } from "../options.ts";
import { alternateOrder, median } from "../ratio.ts";
import { SILENT_LOGGER } from "../send/heron-sender.ts";
import { PENDING_BODY, SECRET, TOPIC } from "../send/request.ts";
import type { Sink } from "../send/sink-process.ts";
import { formatTargetResult, printTable } from "../table.ts";
import type { PostgresServer } from "./server.ts";

const MIN_EVENTS_PER_SECOND = 30_000;
const ACCOUNT = "publishing";
const WARM_UP_MS = 500;

interface PublishMode {
  readonly batch: number;
  readonly callerCount: number;
}

const PUBLISH_MODES: readonly PublishMode[] = [
  { batch: 100, callerCount: 1 },
  { batch: 100, callerCount: 4 },
  { batch: 500, callerCount: 1 },
  { batch: 500, callerCount: 4 },
];

interface Round {
  readonly perSecond: number;
  /** CPU time per event, in microseconds. */
  readonly server: number;
  readonly client: number;
}

/** How many events per second are durable when they are published in batches, without deliveries. */
export async function benchPublish(
  { isQuick }: BenchOptions,
  sink: Sink,
  server: PostgresServer,
): Promise<void> {
  const rounds = isQuick ? 2 : 5;
  const ms = isQuick ? 1500 : 4000;
  const measured: Round[][] = PUBLISH_MODES.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const index of alternateOrder(PUBLISH_MODES.length, round)) {
      // A new database: the events of other modes would make tables and indexes larger.
      const name = `publishing_${round}_${index}`;
      const store = await openStore(await server.database(name), sink);
      try {
        measured[index]?.push(
          await publishForDuration(store, PUBLISH_MODES[index] as PublishMode, ms, server),
        );
      } finally {
        await store.close();
        await server.drop(name);
      }
    }
  print(measured, rounds, ms);
}

/** A store with one webhook for all events, and a quota above what is published here. */
async function openStore(url: string, sink: Sink): Promise<Store> {
  const store = postgresStore({ connectionString: url, maxPending: 100_000_000 });
  const sender = createSender({
    store: { ...store, close: async () => {} },
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    logger: SILENT_LOGGER,
  });
  await sender.webhooks.create({ account: ACCOUNT, url: `${sink.origin}/`, topics: [TOPIC], secret: SECRET });
  await sender.close();
  return store;
}

async function publishForDuration(
  store: Store,
  { batch, callerCount }: PublishMode,
  ms: number,
  server: PostgresServer,
): Promise<Round> {
  let published = 0;
  let isRunning = true;
  const call = async (): Promise<void> => {
    while (isRunning) {
      await publish(store, batch);
      published += batch;
    }
  };
  const calling = Promise.all(Array.from({ length: callerCount }, call));
  try {
    await Promise.race([after(WARM_UP_MS), calling]);
    const [from, before, startUsage, serverStart] = [
      performance.now(),
      published,
      process.cpuUsage(),
      server.cpuSeconds(),
    ];
    await Promise.race([after(ms), calling]);
    const [count, seconds] = [published - before, (performance.now() - from) / 1000];
    const { user, system } = process.cpuUsage(startUsage);
    const serverSeconds = (server.cpuSeconds() ?? Number.NaN) - (serverStart ?? Number.NaN);
    return {
      perSecond: count / seconds,
      server: (serverSeconds * 1e6) / count,
      client: (user + system) / count,
    };
  } finally {
    isRunning = false;
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
      body: PENDING_BODY,
      user: null,
      webhook: null,
    }),
  );
  const { published } = await store.publish(events);
  for (const result of published)
    if ("error" in result || result.deliveryCount !== 1)
      throw new Error("an event was not published for its webhook");
}

function print(measured: readonly (readonly Round[])[], rounds: number, ms: number): void {
  const rows = PUBLISH_MODES.map(({ batch, callerCount }, index) => {
    const own = measured[index] ?? [];
    const middle = (which: keyof Round): number => median(own.map((round) => round[which]));
    const perSecond = middle("perSecond");
    return [
      `${batch} at a time, ${callerCount === 1 ? "one caller" : `${callerCount} callers`}`,
      Math.round(perSecond).toLocaleString("en"),
      middle("server").toFixed(1),
      middle("client").toFixed(1),
      `>= ${MIN_EVENTS_PER_SECOND.toLocaleString("en")}`,
      formatTargetResult(perSecond >= MIN_EVENTS_PER_SECOND),
    ];
  });
  printTable(
    `Durable events, each for one webhook, published in batches: ${rounds} rounds of ${ms / 1000} s, each in an empty database\nwithout deliveries; the target is for an idle machine`,
    ["", "per s", "server CPU us", "own CPU us", "target", ""],
    rows,
  );
}
