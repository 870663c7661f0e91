import { event, webhook } from "@heron-webhooks/conformance/store";
import type { Claim, GateChange } from "@heron-webhooks/sender";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Pair, SOON } from "./pair.ts";
import { until } from "./until.ts";

let pair: Pair;

beforeEach(async () => {
  pair = await Pair.open();
});

afterEach(() => pair.close());

test("an event whose publishing got no answer is delivered once it is published again with its id", async () => {
  const lost = pair.once("losesAnswer", ".publish(");
  const mine = event({ idempotent: true });
  await expect(pair.one.publish(mine)).rejects.toMatchObject({ code: "store_unavailable" });
  await lost;
  expect(await pair.one.publish(mine)).toMatchObject([{ duplicate: true }]);
  await pair.claimed(1);
});

test("what was marked as loaded without an answer is loaded again", async () => {
  let isLost = false;
  void pair.once("losesAnswer", ".load(").then(() => (isLost = true));
  await pair.other.publish(event(), event());
  await until("it was asked for", SOON, async () => {
    expect(await pair.claims()).toEqual([]);
    return isLost || undefined;
  });
  await pair.claimed(2);
});

test("what is due and was told of without an answer is known all the same", async () => {
  await pair.other.publish(event());
  const lost = pair.once("losesAnswer", ".look(");
  expect(await pair.claims()).toEqual([]);
  await lost;
  await pair.claimed(1);
});

test("a gate that was told of without an answer is closed all the same", async () => {
  const gate: GateChange = { scope: "account", id: "acme", gate: "disabled", closedMs: "forever" };
  await pair.other.store.gate(gate);
  const lost = pair.once("losesAnswer", ".look(");
  expect(await pair.claims()).toEqual([]);
  await lost;
  await pair.one.publish(event());
  for (let round = 0; round < 5; round++) expect(await pair.claims()).toEqual([]);
  await pair.other.store.gate({ ...gate, closedMs: null });
  await pair.claimed(1);
});

test("webhooks that were taken without an answer are known all the same", async () => {
  await pair.other.create(webhook({ id: "new", topics: ["new.*"] }));
  await pair.other.publish(event({ topic: "new.a" }));
  const lost = pair.once("losesAnswer", ".look(");
  expect(await pair.claims()).toEqual([]);
  await lost;
  expect(await pair.claimed(1)).toMatchObject([{ webhook: "new" }]);
});

test.each(["delivered", "retry"] as const)(
  "what was settled (%s) without an answer is so, and nothing of it is left behind",
  async (state) => {
    const claim = await pair.claim();
    const lost = pair.once("losesAnswer", ".settle(");
    const settle = (): Promise<unknown> =>
      state === "retry" ? pair.one.retry(claim, 0) : pair.one.settle(claim);
    await expect(settle()).rejects.toMatchObject({ code: "store_unavailable" });
    await lost;
    await settle();
    if (state === "retry") expect(await pair.claimed(1)).toMatchObject([{ attempts: 1 }]);
    else await pair.claimed(0);
  },
);

test("a process that is not answered twice in a row still has what it had", async () => {
  await pair.one.publish(event());
  await pair.other.publish(event());
  void pair.once("losesAnswer", ".look(").then(() => pair.once("losesAnswer", ".succeed("));
  await pair.claimed(2);
});

test("webhooks that were left to others without an answer are served once, by one of them", async () => {
  const third = pair.join();
  await third.claim(1);
  const names = Array.from({ length: 8 }, (_, n) => `shared${n}`);
  await pair.one.create(...names.map((id) => webhook({ id, topics: [`${id}.*`] })));
  await pair.one.publish(
    ...names.flatMap((id) => [event({ topic: `${id}.a` }), event({ topic: `${id}.b` })]),
  );
  let isLost = false;
  void pair.once("losesAnswer", ".release(").then(() => (isLost = true));
  const all: Claim[] = [];
  await until("it has left some", SOON, async () => {
    all.push(...(await pair.claims(1)));
    return isLost || undefined;
  });
  await until("all were claimed", SOON, async () => {
    all.push(...(await pair.claims()), ...(await third.claim(100)));
    return all.length >= 16 ? true : undefined;
  });
  await third.store.close();
  expect(new Set(all.map(({ delivery }) => delivery)).size).toBe(16);
  expect(all).toHaveLength(16);
});
