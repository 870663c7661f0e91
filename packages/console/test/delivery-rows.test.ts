import { beforeEach, describe, expect, test } from "vitest";
import type { ShownDelivery } from "../src/api/shown-delivery.ts";
import { DeliveryRows } from "../web/list/delivery-rows.ts";

const SIZE = 3;

/** The newest first; those of them that fit are listed. */
let all: ShownDelivery[];
let asked: (string | null)[];
let broken: boolean;
let rows: DeliveryRows;

const made = (n: number, parts: Partial<ShownDelivery> = {}): ShownDelivery => ({
  heron_id: `dlv_${n}`,
  webhook: "wbh_1",
  topic: "invoice.paid",
  event: `evt_${n}`,
  created: new Date(n * 1000).toISOString(),
  status: "sent",
  attempts: 1,
  http_status: 200,
  reason: null,
  due_ms: null,
  waits_for: null,
  ...parts,
});
const ids = (): readonly string[] => rows.rows.map(({ heron_id }) => heron_id);

beforeEach(() => {
  all = [8, 7, 6, 5, 4, 3, 2, 1].map((n) => made(n));
  asked = [];
  broken = false;
  rows = new DeliveryRows({
    fits: ({ webhook }) => webhook === "wbh_1",
    async load(cursor) {
      asked.push(cursor);
      if (broken) throw new Error("it is not there");
      const from = cursor === null ? 0 : all.findIndex(({ heron_id }) => heron_id === cursor) + 1;
      const deliveries = all.slice(from, from + SIZE);
      const isLast = from + SIZE >= all.length;
      return { deliveries, next_cursor: isLast ? null : (deliveries.at(-1)?.heron_id ?? null) };
    },
  });
});

test("pages come one after the other, each once, until there are no more", async () => {
  await rows.start();
  expect([ids(), rows.isAll]).toEqual([["dlv_8", "dlv_7", "dlv_6"], false]);
  await Promise.all([rows.more(), rows.more()]);
  await rows.more();
  await rows.more();
  expect([ids().length, rows.isAll]).toEqual([8, true]);
  expect(asked).toEqual([null, "dlv_6", "dlv_3"]);
});

test("a page that fails leaves what is there, and is asked for again", async () => {
  await rows.start();
  broken = true;
  await rows.more();
  expect([ids().length, rows.failure, rows.isLoading]).toEqual([3, expect.any(Error), false]);
  broken = false;
  await rows.more();
  expect([ids().length, rows.failure]).toEqual([6, null]);
});

test("empty pages that are not the last are passed over", async () => {
  const pages = [[], [], [made(1)]];
  let at = 0;
  const sparse = new DeliveryRows({
    fits: () => true,
    load: async () => ({ deliveries: pages[at] ?? [], next_cursor: ++at < pages.length ? String(at) : null }),
  });
  await sparse.start();
  expect(sparse.rows.map(({ heron_id }) => heron_id)).toEqual(["dlv_1"]);
});

describe("what happens meanwhile", () => {
  beforeEach(() => rows.start());

  test("changes rows where they are", () => {
    rows.take(made(7, { status: "failed" }));
    expect([ids(), rows.rows[1]?.status, rows.fresh.size]).toEqual([
      ["dlv_8", "dlv_7", "dlv_6"],
      "failed",
      0,
    ]);
  });

  test("is counted if it is new, and moves nothing until it is wanted", async () => {
    for (const n of [9, 10, 10]) rows.take(made(n));
    expect([ids(), rows.fresh.size]).toEqual([["dlv_8", "dlv_7", "dlv_6"], 2]);
    all = [made(10), made(9), ...all];
    await rows.start();
    expect([ids(), rows.fresh.size]).toEqual([["dlv_10", "dlv_9", "dlv_8"], 0]);
  });

  test("is none of this list if it does not fit, no more fits, or is older than all that is there", () => {
    rows.take(made(9, { webhook: "wbh_2" }));
    rows.take(made(2));
    expect(rows.fresh.size).toBe(0);
    rows.take(made(9));
    rows.take(made(9, { webhook: "wbh_2" }));
    expect(rows.fresh.size).toBe(0);
  });

  test("and was missed is found once it can be, page by page", async () => {
    await rows.more();
    all = [12, 11, 10, 9].map((n) => made(n)).concat(all.map((one) => ({ ...one, attempts: 2 })));
    await rows.catchUp();
    expect([rows.fresh.size, rows.rows[0]?.attempts, ids().length]).toEqual([4, 2, 6]);
  });
});

test("rows that are seen are brought up to date by the pages that they are on", async () => {
  await rows.start();
  await rows.more();
  all = all.map((one) => ({ ...one, status: "failed" }));
  asked = [];
  await rows.refresh(3, 5);
  expect(asked).toEqual(["dlv_6"]);
  expect(rows.rows.map(({ status }) => status)).toEqual([
    "sent",
    "sent",
    "sent",
    "failed",
    "failed",
    "failed",
  ]);
});

test("who begins anew is not given what was asked for before", async () => {
  const first = rows.start();
  const second = rows.start();
  await Promise.all([first, second]);
  expect([ids().length, rows.isLoading]).toEqual([3, false]);
});

describe("what happens while the first page is on its way", () => {
  test("is counted, and what changed is taken and told, by small pages", async () => {
    all = [made(1, { status: "pending" })];
    const ended: string[] = [];
    rows.watch((now) => ended.push(...now.map(({ heron_id }) => heron_id)));
    const starting = rows.start();
    // The page was read by now, and comes later.
    all = [made(2), made(1)];
    const catching = rows.catchUp(1);
    await Promise.all([starting, catching]);
    expect([ids(), [...rows.fresh], ended]).toEqual([["dlv_1"], ["dlv_2"], ["dlv_1"]]);
    expect(rows.rows[0]?.status).toBe("sent");
    expect(rows.isAll).toBe(true);
  });

  test("is nothing where nothing was asked for", async () => {
    await rows.catchUp(1);
    expect(asked).toEqual([]);
  });
});
