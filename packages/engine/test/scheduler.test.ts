import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WebhookRecord } from "../src/index.ts";
import { AccountQueue, Scheduler } from "../src/queue/scheduler.ts";
import { WebhookQueue } from "../src/queue/webhook-queue.ts";

interface Item {
  dueAt: number;
  readonly sequence: number;
}

type Step =
  | { readonly do: "push"; readonly lane: number; readonly delay: number }
  | { readonly do: "next" }
  | { readonly do: "settle"; readonly lane: number }
  | { readonly do: "gate"; readonly lane: number; readonly closed: number | null }
  | { readonly do: "account"; readonly lane: number; readonly closed: number | null }
  | { readonly do: "enable"; readonly lane: number; readonly enabled: boolean }
  | { readonly do: "wait"; readonly ms: number };

const LANES = 5;
const laneArbitrary = fc.nat(LANES - 1);
const closedArbitrary = fc.option(fc.constantFrom(1, 50, 1000, Number.POSITIVE_INFINITY));
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("push"),
      lane: laneArbitrary,
      delay: fc.constantFrom(0, 0, 10, 500),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ do: "next" }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("settle"), lane: laneArbitrary }) },
  fc.record({ do: fc.constant("gate"), lane: laneArbitrary, closed: closedArbitrary }),
  fc.record({ do: fc.constant("account"), lane: laneArbitrary, closed: closedArbitrary }),
  fc.record({ do: fc.constant("enable"), lane: laneArbitrary, enabled: fc.boolean() }),
  fc.record({ do: fc.constant("wait"), ms: fc.constantFrom(1, 10, 100, 2000) }),
) as fc.Arbitrary<Step>;

const record = (index: number): WebhookRecord =>
  ({
    id: `wbh_${index}`,
    account: `a${index % 2}`,
    enabled: true,
    concurrency: 1 + (index % 3),
    rateLimit: index === 4 ? 2 : null,
  }) as WebhookRecord;

test("whatever happens, next gives something exactly when some webhook may be served, and nextIn says when that is", () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 120 }), (steps) => {
      let now = 1_000_000;
      let sequence = 0;
      const scheduler = new Scheduler<Item>();
      const accounts = [new AccountQueue<Item>(), new AccountQueue<Item>()] as const;
      const lanes = Array.from({ length: LANES }, (_, i) => new WebhookQueue<Item>(record(i), now));
      const accountOf = (lane: WebhookQueue<Item>): AccountQueue<Item> =>
        accounts[lane.record.account === "a0" ? 0 : 1];
      for (const lane of lanes) accountOf(lane).queues.add(lane);
      const mayGo = (lane: WebhookQueue<Item>): boolean =>
        lane.getReadyIn(now) === 0 && accountOf(lane).getPausedUntil() <= now;
      const soonest = (): number =>
        Math.min(
          ...lanes.map((lane) => {
            const opens = lane.getReadyIn(now);
            return opens === null
              ? Number.POSITIVE_INFINITY
              : Math.max(opens, accountOf(lane).getPausedUntil() - now);
          }),
        );
      for (const step of steps) {
        const lane = "lane" in step ? (lanes[step.lane] as WebhookQueue<Item>) : undefined;
        if (step.do === "wait") now += step.ms;
        if (step.do === "push") lane?.waiting.push({ dueAt: now + step.delay, sequence: ++sequence });
        if (step.do === "settle" && lane !== undefined && lane.leasedCount > 0) lane.leasedCount -= 1;
        if (step.do === "enable" && lane !== undefined)
          lane.record = { ...lane.record, enabled: step.enabled };
        if ((step.do === "gate" || step.do === "account") && lane !== undefined) {
          const { pauses } = step.do === "gate" ? lane : accountOf(lane);
          if (step.closed === null) pauses.delete("retry_after");
          else pauses.set("retry_after", now + step.closed);
        }
        if (lane !== undefined)
          for (const one of accountOf(lane).queues) scheduler.reschedule(accountOf(one), one, now);
        const expected = lanes.some(mayGo);
        if (step.do === "next") {
          const live = lanes.map((one) => one.leasedCount);
          const turn = scheduler.takeNext(now);
          expect(turn !== undefined).toBe(expected);
          if (turn !== undefined) {
            expect(turn.item.dueAt).toBeLessThanOrEqual(now);
            expect(turn.queue.leasedCount).toBe((live[lanes.indexOf(turn.queue)] ?? 0) + 1);
            expect(turn.queue.leasedCount).toBeLessThanOrEqual(turn.queue.record.concurrency);
          }
        }
        const wait = soonest();
        const told = scheduler.getNextReadyIn(now);
        // Never later than the truth: what is early only looks once more.
        if (wait === Number.POSITIVE_INFINITY) expect(told === null || told === 0).toBe(true);
        else expect(told ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(wait);
      }
    }),
    getRuns(2000),
  );
});

test("of many accounts each is served in turn, however much one has", () => {
  const scheduler = new Scheduler<Item>();
  const accounts = Array.from({ length: 100 }, () => new AccountQueue<Item>());
  for (const [i, account] of accounts.entries()) {
    const lane = new WebhookQueue<Item>({ ...record(0), concurrency: 1_000_000 }, 0);
    account.queues.add(lane);
    for (let n = 0; n < (i === 0 ? 100_000 : 2); n++) lane.waiting.push({ dueAt: 0, sequence: n });
    scheduler.reschedule(account, lane, 0);
  }
  const first = Array.from({ length: 200 }, () => scheduler.takeNext(0)?.account);
  expect(new Set(first.slice(0, 100)).size).toBe(100);
  expect(new Set(first.slice(100)).size).toBe(100);
  expect(
    Array.from({ length: 50 }, () => scheduler.takeNext(0)?.account).every(
      (account) => account === accounts[0],
    ),
  ).toBe(true);
});

test.each([
  ["a webhook", 1],
  ["an account", 2],
])(
  "while what is next of %s is on its way into memory, nobody is served twice, whoever claims",
  (_, many) => {
    const scheduler = new Scheduler<Item>();
    const accounts = Array.from({ length: many }, () => new AccountQueue<Item>());
    const [fetched, other] = [0, 1].map(
      (i) => new WebhookQueue<Item>({ ...record(i), concurrency: 9 }, 0),
    ) as [WebhookQueue<Item>, WebhookQueue<Item>];
    const [ofFetched, ofOther] = [accounts[0], accounts.at(-1)] as [AccountQueue<Item>, AccountQueue<Item>];
    ofFetched.queues.add(fetched);
    ofOther.queues.add(other);
    fetched.waiting.push({ dueAt: 0, sequence: 0 });
    for (const sequence of [1, 2, 3]) other.waiting.push({ dueAt: 0, sequence });
    fetched.storedDueAt = 1;
    scheduler.reschedule(ofFetched, fetched, 1);
    scheduler.reschedule(ofOther, other, 1);
    const served = (): WebhookQueue<Item> | undefined => scheduler.takeNext(1)?.queue;

    expect([served(), served()]).toEqual([fetched, other]);
    expect(scheduler.takeQueuesToRefill(64, 1)).toEqual([fetched]);
    // Another claim begins before it has come.
    expect(served()).toBeUndefined();
    fetched.waiting.push({ dueAt: 1, sequence: 4 });
    fetched.storedDueAt = null;
    scheduler.onRefilled(ofFetched, fetched, 1);
    expect([served(), served(), served(), served()]).toEqual([fetched, other, other, undefined]);
  },
);

test("what is asked for of some of them lets nobody be served twice while others wait for theirs", () => {
  const scheduler = new Scheduler<Item>();
  const account = new AccountQueue<Item>();
  const [first, second, other] = [0, 1, 3].map(
    (i) => new WebhookQueue<Item>({ ...record(i), concurrency: 9 }, 0),
  ) as [WebhookQueue<Item>, WebhookQueue<Item>, WebhookQueue<Item>];
  for (const lane of [first, second, other]) account.queues.add(lane);
  for (const sequence of [1, 2]) other.waiting.push({ dueAt: 0, sequence });
  first.storedDueAt = second.storedDueAt = 0;
  for (const lane of account.queues) scheduler.reschedule(account, lane, 0);
  const served = (): WebhookQueue<Item> | undefined => scheduler.takeNext(0)?.queue;

  expect([served(), served()]).toEqual([other, undefined]);
  expect(scheduler.takeQueuesToRefill(1, 0)).toEqual([first]);
  first.waiting.push({ dueAt: 0, sequence: 3 });
  first.storedDueAt = null;
  scheduler.onRefilled(account, first, 0);
  expect([served(), served()]).toEqual([first, undefined]);
  expect(scheduler.takeQueuesToRefill(1, 0)).toEqual([second]);
  // It cannot be had: whoever waited for it goes on.
  second.storedDueAt = null;
  scheduler.onRefilled(account, second, 0);
  expect(served()).toBe(other);
});
