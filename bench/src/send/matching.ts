import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { NewEvent, Store } from "@heron-webhooks/sender";
import type { BenchOptions } from "../options.ts";
import { type Candidate, getRatio, measureInterleaved } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { accountName, createFilledFile, openFilledFile } from "./filled-file.ts";
import { createEventBody } from "./request.ts";
import type { Sink } from "./sink-process.ts";

/** How many accounts publish, round-robin, in each file. */
const PUBLISH_COUNT = 10;
const BATCH_SIZE = 100;
const MAX_TIME_RATIO = 2;

interface Size {
  readonly name: string;
  readonly accounts: number;
  readonly webhooksPerAccount: number;
}

const SIZES: readonly Size[] = [
  { name: "10, over 10 accounts", accounts: 10, webhooksPerAccount: 1 },
  { name: "10,000, over 1,000 accounts", accounts: 1000, webhooksPerAccount: 10 },
  { name: "10,000, in one account", accounts: 1, webhooksPerAccount: 10_000 },
  { name: "1,000,000, over 10,000 accounts", accounts: 10_000, webhooksPerAccount: 100 },
];

/** The cost of publishing an event that matches no webhook, at different numbers of webhooks. */
export async function benchMatching({ isQuick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const stores: Store[] = [];
  try {
    for (const [i, { accounts, webhooksPerAccount }] of SIZES.entries()) {
      const file = join(scratch, `matching-${i}.db`);
      await createFilledFile(file, {
        accounts,
        webhooksPerAccount,
        url: `${sink.origin}/`,
        topic: "order.*",
      });
      stores.push(await openFilledFile(file));
    }
    const rounds = isQuick ? 10 : 100;
    const topics: readonly [string, (n: number) => string][] = [
      ["one topic, which is cached", () => "end_user.processed"],
      ["a new topic each time, which is looked up", (n) => `end_user.processed_${n}`],
    ];
    for (const [name, topicOf] of topics) await measure(name, topicOf, stores, rounds);
  } finally {
    for (const store of stores) await store.close();
  }
}

async function measure(
  name: string,
  topicOf: (n: number) => string,
  stores: readonly Store[],
  rounds: number,
): Promise<void> {
  const candidates = SIZES.map(({ name: size, accounts }, i): Candidate => {
    const publishing = Math.min(accounts, PUBLISH_COUNT);
    return { name: size, isAsync: true, call: (n) => publish(stores[i] as Store, publishing, topicOf, n) };
  });
  const measured = await measureInterleaved(candidates, { rounds, blockMs: 20, warmUpMs: 300 });
  const [fewest] = measured;
  if (fewest === undefined) return;
  const rows = measured.map((result) => {
    const ratio = getRatio(result, fewest);
    return [
      result.name,
      (result.microseconds / BATCH_SIZE).toFixed(1),
      ratio.toFixed(3),
      ...(result === fewest
        ? ["", ""]
        : [`<= ${MAX_TIME_RATIO}`, formatTargetResult(ratio <= MAX_TIME_RATIO)]),
    ];
  });
  printTable(
    `Publishing, ${BATCH_SIZE} events at a time, beside webhooks that do not match; ${name}: ${rounds} rounds of 20 ms`,
    ["", "us an event", "x fewest", "target", ""],
    rows,
  );
}

async function publish(
  store: Store,
  accounts: number,
  topicOf: (n: number) => string,
  n: number,
): Promise<void> {
  const events = Array.from({ length: BATCH_SIZE }, (_, i): NewEvent => {
    const topic = topicOf(n * BATCH_SIZE + i);
    return {
      account: accountName(i % accounts),
      id: `evt_${randomUUID()}`,
      idempotent: false,
      topic,
      body: JSON.stringify({ ...createEventBody(n), topic }),
      user: null,
      webhook: null,
    };
  });
  const { published } = await store.publish(events);
  for (const measurement of published)
    if ("error" in measurement || measurement.deliveryCount !== 0)
      throw new Error("an event that matches no webhook was delivered");
}
