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
  | { readonly do: "push"; readonly queue: number; readonly delay: number }
  | { readonly do: "next" }
  | { readonly do: "complete"; readonly queue: number }
  | { readonly do: "pause"; readonly queue: number; readonly pausedMs: number | null }
  | { readonly do: "account"; readonly queue: number; readonly pausedMs: number | null }
  | { readonly do: "enable"; readonly queue: number; readonly enabled: boolean }
  | { readonly do: "wait"; readonly ms: number };

const QUEUE_COUNT = 5;
const queueArbitrary = fc.nat(QUEUE_COUNT - 1);
const pauseArbitrary = fc.option(fc.constantFrom(1, 50, 1000, Number.POSITIVE_INFINITY));
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("push"),
      queue: queueArbitrary,
      delay: fc.constantFrom(0, 0, 10, 500),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ do: "next" }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("complete"), queue: queueArbitrary }) },
  fc.record({ do: fc.constant("pause"), queue: queueArbitrary, pausedMs: pauseArbitrary }),
  fc.record({ do: fc.constant("account"), queue: queueArbitrary, pausedMs: pauseArbitrary }),
  fc.record({ do: fc.constant("enable"), queue: queueArbitrary, enabled: fc.boolean() }),
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

test("after any steps, takeNext returns an item exactly when a webhook may be served, and getNextReadyIn says when", () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 120 }), (steps) => {
      let now = 1_000_000;
      let sequence = 0;
      const scheduler = new Scheduler<Item>();
      const accounts = [new AccountQueue<Item>(), new AccountQueue<Item>()] as const;
      const queues = Array.from({ length: QUEUE_COUNT }, (_, i) => new WebhookQueue<Item>(record(i), now));
      const accountOf = (queue: WebhookQueue<Item>): AccountQueue<Item> =>
        accounts[queue.record.account === "a0" ? 0 : 1];
      for (const queue of queues) accountOf(queue).queues.add(queue);
      const isReady = (queue: WebhookQueue<Item>): boolean =>
        queue.getReadyIn(now) === 0 && accountOf(queue).getPausedUntil() <= now;
      const soonest = (): number =>
        Math.min(
          ...queues.map((queue) => {
            const opens = queue.getReadyIn(now);
            return opens === null
              ? Number.POSITIVE_INFINITY
              : Math.max(opens, accountOf(queue).getPausedUntil() - now);
          }),
        );
      for (const step of steps) {
        const queue = "queue" in step ? (queues[step.queue] as WebhookQueue<Item>) : undefined;
        if (step.do === "wait") now += step.ms;
        if (step.do === "push") queue?.waiting.push({ dueAt: now + step.delay, sequence: ++sequence });
        if (step.do === "complete" && queue !== undefined && queue.leasedCount > 0) queue.leasedCount -= 1;
        if (step.do === "enable" && queue !== undefined)
          queue.record = { ...queue.record, enabled: step.enabled };
        if ((step.do === "pause" || step.do === "account") && queue !== undefined) {
          const { pauses } = step.do === "pause" ? queue : accountOf(queue);
          if (step.pausedMs === null) pauses.delete("retry_after");
          else pauses.set("retry_after", now + step.pausedMs);
        }
        if (queue !== undefined)
          for (const one of accountOf(queue).queues) scheduler.reschedule(accountOf(one), one, now);
        const expected = queues.some(isReady);
        if (step.do === "next") {
          const live = queues.map((one) => one.leasedCount);
          const taken = scheduler.takeNext(now);
          expect(taken !== undefined).toBe(expected);
          if (taken !== undefined) {
            expect(taken.item.dueAt).toBeLessThanOrEqual(now);
            expect(taken.queue.leasedCount).toBe((live[queues.indexOf(taken.queue)] ?? 0) + 1);
            expect(taken.queue.leasedCount).toBeLessThanOrEqual(taken.queue.record.concurrency);
          }
        }
        const wait = soonest();
        const readyIn = scheduler.getNextReadyIn(now);
        // Never too late; too early only causes another check.
        if (wait === Number.POSITIVE_INFINITY) expect(readyIn === null || readyIn === 0).toBe(true);
        else expect(readyIn ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(wait);
      }
    }),
    getRuns(2000),
  );
});

test("many accounts are served in turn, however large one backlog is", () => {
  const scheduler = new Scheduler<Item>();
  const accounts = Array.from({ length: 100 }, () => new AccountQueue<Item>());
  for (const [i, account] of accounts.entries()) {
    const queue = new WebhookQueue<Item>({ ...record(0), concurrency: 1_000_000 }, 0);
    account.queues.add(queue);
    for (let n = 0; n < (i === 0 ? 100_000 : 2); n++) queue.waiting.push({ dueAt: 0, sequence: n });
    scheduler.reschedule(account, queue, 0);
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
])("while the next item of %s is loaded, no other is served twice", (_, many) => {
  const scheduler = new Scheduler<Item>();
  const accounts = Array.from({ length: many }, () => new AccountQueue<Item>());
  const [fetched, other] = [0, 1].map((i) => new WebhookQueue<Item>({ ...record(i), concurrency: 9 }, 0)) as [
    WebhookQueue<Item>,
    WebhookQueue<Item>,
  ];
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
  // Another claim starts before it is loaded.
  expect(served()).toBeUndefined();
  fetched.waiting.push({ dueAt: 1, sequence: 4 });
  fetched.storedDueAt = null;
  scheduler.onRefilled(ofFetched, fetched, 1);
  expect([served(), served(), served(), served()]).toEqual([fetched, other, other, undefined]);
});

test("loading some queues lets no other be served twice while the rest wait", () => {
  const scheduler = new Scheduler<Item>();
  const account = new AccountQueue<Item>();
  const [first, second, other] = [0, 1, 3].map(
    (i) => new WebhookQueue<Item>({ ...record(i), concurrency: 9 }, 0),
  ) as [WebhookQueue<Item>, WebhookQueue<Item>, WebhookQueue<Item>];
  for (const queue of [first, second, other]) account.queues.add(queue);
  for (const sequence of [1, 2]) other.waiting.push({ dueAt: 0, sequence });
  first.storedDueAt = second.storedDueAt = 0;
  for (const queue of account.queues) scheduler.reschedule(account, queue, 0);
  const served = (): WebhookQueue<Item> | undefined => scheduler.takeNext(0)?.queue;

  expect([served(), served()]).toEqual([other, undefined]);
  expect(scheduler.takeQueuesToRefill(1, 0)).toEqual([first]);
  first.waiting.push({ dueAt: 0, sequence: 3 });
  first.storedDueAt = null;
  scheduler.onRefilled(account, first, 0);
  expect([served(), served()]).toEqual([first, undefined]);
  expect(scheduler.takeQueuesToRefill(1, 0)).toEqual([second]);
  // It is not available: queues that waited for it continue.
  second.storedDueAt = null;
  scheduler.onRefilled(account, second, 0);
  expect(served()).toBe(other);
});
