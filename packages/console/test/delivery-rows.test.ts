import { beforeEach, describe, expect, test } from "vitest";
import type { DeliveryDto } from "../src/api/dto/delivery-dto.ts";
import { DeliveryRows } from "../web/list/delivery-rows.ts";

const PAGE_SIZE = 3;

/** Newest first. */
let allDeliveries: DeliveryDto[];
let requestedCursors: (string | null)[];
let isFailing: boolean;
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
  next_attempt_in_ms: null,
  waiting_for: null,
  ...parts,
});
const ids = (): readonly string[] => rows.rows.map(({ heron_id }) => heron_id);

beforeEach(() => {
  allDeliveries = [8, 7, 6, 5, 4, 3, 2, 1].map((n) => createDelivery(n));
  requestedCursors = [];
  isFailing = false;
  rows = new DeliveryRows({
    matches: ({ webhook }) => webhook === "wbh_1",
    async load(cursor) {
      requestedCursors.push(cursor);
      if (isFailing) throw new Error("unreachable");
      const from = cursor === null ? 0 : allDeliveries.findIndex(({ heron_id }) => heron_id === cursor) + 1;
      const deliveries = allDeliveries.slice(from, from + PAGE_SIZE);
      const isLast = from + PAGE_SIZE >= allDeliveries.length;
      return { deliveries, next_cursor: isLast ? null : (deliveries.at(-1)?.heron_id ?? null) };
    },
  });
});

test("pages are loaded once each until the last", async () => {
  await rows.reload();
  expect([ids(), rows.isComplete]).toEqual([["dlv_8", "dlv_7", "dlv_6"], false]);
  await Promise.all([rows.loadMore(), rows.loadMore()]);
  await rows.loadMore();
  await rows.loadMore();
  expect([ids().length, rows.isComplete]).toEqual([8, true]);
  expect(requestedCursors).toEqual([null, "dlv_6", "dlv_3"]);
});

test("a failed page keeps the rows and can be retried", async () => {
  await rows.reload();
  isFailing = true;
  await rows.loadMore();
  expect([ids().length, rows.failure, rows.isLoading]).toEqual([3, expect.any(Error), false]);
  isFailing = false;
  await rows.loadMore();
  expect([ids().length, rows.failure]).toEqual([6, null]);
});

test("empty pages before the last are skipped", async () => {
  const pages = [[], [], [createDelivery(1)]];
  let at = 0;
  const emptyPageRows = new DeliveryRows({
    matches: () => true,
    load: async () => ({ deliveries: pages[at] ?? [], next_cursor: ++at < pages.length ? String(at) : null }),
  });
  await emptyPageRows.reload();
  expect(emptyPageRows.rows.map(({ heron_id }) => heron_id)).toEqual(["dlv_1"]);
});

describe("a delivery from the stream", () => {
  beforeEach(() => rows.reload());

  test("updates its row in place", () => {
    rows.update(createDelivery(7, { status: "dead" }));
    expect([ids(), rows.rows[1]?.status, rows.newIds.size]).toEqual([["dlv_8", "dlv_7", "dlv_6"], "dead", 0]);
  });

  test("is counted as new without moving rows", async () => {
    for (const n of [9, 10, 10]) rows.update(createDelivery(n));
    expect([ids(), rows.newIds.size]).toEqual([["dlv_8", "dlv_7", "dlv_6"], 2]);
    allDeliveries = [createDelivery(10), createDelivery(9), ...allDeliveries];
    await rows.reload();
    expect([ids(), rows.newIds.size]).toEqual([["dlv_10", "dlv_9", "dlv_8"], 0]);
  });

  test("is ignored if it does not match or is older than all rows", () => {
    rows.update(createDelivery(9, { webhook: "wbh_2" }));
    rows.update(createDelivery(2));
    expect(rows.newIds.size).toBe(0);
    rows.update(createDelivery(9));
    rows.update(createDelivery(9, { webhook: "wbh_2" }));
    expect(rows.newIds.size).toBe(0);
  });

  test("that was missed is found page by page after a reconnect", async () => {
    await rows.loadMore();
    allDeliveries = [12, 11, 10, 9]
      .map((n) => createDelivery(n))
      .concat(allDeliveries.map((delivery) => ({ ...delivery, attempt_count: 2 })));
    await rows.catchUp();
    expect([rows.newIds.size, rows.rows[0]?.attempt_count, ids().length]).toEqual([4, 2, 6]);
  });
});

test("visible rows are refreshed with their pages", async () => {
  await rows.reload();
  await rows.loadMore();
  allDeliveries = allDeliveries.map((delivery) => ({ ...delivery, status: "dead" }));
  requestedCursors = [];
  await rows.refresh(3, 5);
  expect(requestedCursors).toEqual(["dlv_6"]);
  expect(rows.rows.map(({ status }) => status)).toEqual([
    "delivered",
    "delivered",
    "delivered",
    "dead",
    "dead",
    "dead",
  ]);
});

test("a reload discards the response of an earlier request", async () => {
  const first = rows.reload();
  const second = rows.reload();
  await Promise.all([first, second]);
  expect([ids().length, rows.isLoading]).toEqual([3, false]);
});

describe("a delivery from the stream while the first page loads", () => {
  test("is counted as new, and changes are found in small pages", async () => {
    allDeliveries = [createDelivery(1, { status: "pending" })];
    const ended: string[] = [];
    rows.subscribe((now) => ended.push(...now.map(({ heron_id }) => heron_id)));
    const starting = rows.reload();
    // The server has read the page, but the response arrives later.
    allDeliveries = [createDelivery(2), createDelivery(1)];
    const catchUp = rows.catchUp(1);
    await Promise.all([starting, catchUp]);
    expect([ids(), [...rows.newIds], ended]).toEqual([["dlv_1"], ["dlv_2"], ["dlv_1"]]);
    expect(rows.rows[0]?.status).toBe("delivered");
    expect(rows.isComplete).toBe(true);
  });

  test("is ignored if nothing is loaded", async () => {
    await rows.catchUp(1);
    expect(requestedCursors).toEqual([]);
  });
});
