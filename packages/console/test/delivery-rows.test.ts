import { beforeEach, describe, expect, test } from "vitest";
import type { DeliveryDto } from "../src/api/dto/delivery-dto.ts";
import { DeliveryRows } from "../web/list/delivery-rows.ts";

const PAGE_SIZE = 3;

/** The newest first; those of them that fit are listed. */
let allDeliveries: DeliveryDto[];
let asked: (string | null)[];
let broken: boolean;
let rows: DeliveryRows;

const createDelivery = (n: number, parts: Partial<DeliveryDto> = {}): DeliveryDto => ({
  heron_id: `dlv_${n}`,
  webhook: "wbh_1",
  topic: "invoice.paid",
  event: `evt_${n}`,
  created: new Date(n * 1000).toISOString(),
  status: "delivered",
  attempt_count: 1,
  response_status: 200,
  reason: null,
  next_attempt_at: null,
  waiting_for: null,
  ...parts,
});
const ids = (): readonly string[] => rows.rows.map(({ heron_id }) => heron_id);

beforeEach(() => {
  allDeliveries = [8, 7, 6, 5, 4, 3, 2, 1].map((n) => createDelivery(n));
  asked = [];
  broken = false;
  rows = new DeliveryRows({
    matches: ({ webhook }) => webhook === "wbh_1",
    async load(cursor) {
      asked.push(cursor);
      if (broken) throw new Error("it is not there");
      const from = cursor === null ? 0 : allDeliveries.findIndex(({ heron_id }) => heron_id === cursor) + 1;
      const deliveries = allDeliveries.slice(from, from + PAGE_SIZE);
      const isLast = from + PAGE_SIZE >= allDeliveries.length;
      return { deliveries, next_cursor: isLast ? null : (deliveries.at(-1)?.heron_id ?? null) };
    },
  });
});

test("pages come one after the other, each once, until there are no more", async () => {
  await rows.reload();
  expect([ids(), rows.isComplete]).toEqual([["dlv_8", "dlv_7", "dlv_6"], false]);
  await Promise.all([rows.loadMore(), rows.loadMore()]);
  await rows.loadMore();
  await rows.loadMore();
  expect([ids().length, rows.isComplete]).toEqual([8, true]);
  expect(asked).toEqual([null, "dlv_6", "dlv_3"]);
});

test("a page that fails leaves what is there, and is asked for again", async () => {
  await rows.reload();
  broken = true;
  await rows.loadMore();
  expect([ids().length, rows.failure, rows.isLoading]).toEqual([3, expect.any(Error), false]);
  broken = false;
  await rows.loadMore();
  expect([ids().length, rows.failure]).toEqual([6, null]);
});

test("empty pages that are not the last are passed over", async () => {
  const pages = [[], [], [createDelivery(1)]];
  let at = 0;
  const emptyPageRows = new DeliveryRows({
    matches: () => true,
    load: async () => ({ deliveries: pages[at] ?? [], next_cursor: ++at < pages.length ? String(at) : null }),
  });
  await emptyPageRows.reload();
  expect(emptyPageRows.rows.map(({ heron_id }) => heron_id)).toEqual(["dlv_1"]);
});

describe("what happens meanwhile", () => {
  beforeEach(() => rows.reload());

  test("changes rows where they are", () => {
    rows.update(createDelivery(7, { status: "dead" }));
    expect([ids(), rows.rows[1]?.status, rows.newIds.size]).toEqual([["dlv_8", "dlv_7", "dlv_6"], "dead", 0]);
  });

  test("is counted if it is new, and moves nothing until it is wanted", async () => {
    for (const n of [9, 10, 10]) rows.update(createDelivery(n));
    expect([ids(), rows.newIds.size]).toEqual([["dlv_8", "dlv_7", "dlv_6"], 2]);
    allDeliveries = [createDelivery(10), createDelivery(9), ...allDeliveries];
    await rows.reload();
    expect([ids(), rows.newIds.size]).toEqual([["dlv_10", "dlv_9", "dlv_8"], 0]);
  });

  test("is none of this list if it does not fit, no more fits, or is older than all that is there", () => {
    rows.update(createDelivery(9, { webhook: "wbh_2" }));
    rows.update(createDelivery(2));
    expect(rows.newIds.size).toBe(0);
    rows.update(createDelivery(9));
    rows.update(createDelivery(9, { webhook: "wbh_2" }));
    expect(rows.newIds.size).toBe(0);
  });

  test("and was missed is found once it can be, page by page", async () => {
    await rows.loadMore();
    allDeliveries = [12, 11, 10, 9]
      .map((n) => createDelivery(n))
      .concat(allDeliveries.map((one) => ({ ...one, attempts: 2 })));
    await rows.catchUp();
    expect([rows.newIds.size, rows.rows[0]?.attempt_count, ids().length]).toEqual([4, 2, 6]);
  });
});

test("rows that are seen are brought up to date by the pages that they are on", async () => {
  await rows.reload();
  await rows.loadMore();
  allDeliveries = allDeliveries.map((one) => ({ ...one, status: "dead" }));
  asked = [];
  await rows.refresh(3, 5);
  expect(asked).toEqual(["dlv_6"]);
  expect(rows.rows.map(({ status }) => status)).toEqual([
    "delivered",
    "delivered",
    "delivered",
    "dead",
    "dead",
    "dead",
  ]);
});

test("who begins anew is not given what was asked for before", async () => {
  const first = rows.reload();
  const second = rows.reload();
  await Promise.all([first, second]);
  expect([ids().length, rows.isLoading]).toEqual([3, false]);
});

describe("what happens while the first page is on its way", () => {
  test("is counted, and what changed is taken and told, by small pages", async () => {
    allDeliveries = [createDelivery(1, { status: "pending" })];
    const ended: string[] = [];
    rows.subscribe((now) => ended.push(...now.map(({ heron_id }) => heron_id)));
    const starting = rows.reload();
    // The page was read by now, and comes later.
    allDeliveries = [createDelivery(2), createDelivery(1)];
    const catchUp = rows.catchUp(1);
    await Promise.all([starting, catchUp]);
    expect([ids(), [...rows.newIds], ended]).toEqual([["dlv_1"], ["dlv_2"], ["dlv_1"]]);
    expect(rows.rows[0]?.status).toBe("delivered");
    expect(rows.isComplete).toBe(true);
  });

  test("is nothing where nothing was asked for", async () => {
    await rows.catchUp(1);
    expect(asked).toEqual([]);
  });
});
