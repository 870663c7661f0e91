import { createEvent, createWebhook } from "@heron-webhooks/conformance/store";
import type { Claim, PauseChange } from "@heron-webhooks/sender";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FaultyPair, WAIT_MS } from "./faulty-pair.ts";
import { waitFor } from "./wait-for.ts";

let pair: FaultyPair;

beforeEach(async () => {
  pair = await FaultyPair.open();
});

afterEach(() => pair.close());

test("an event whose publishing got no answer is delivered once it is published again with its id", async () => {
  const lost = pair.failNext("losesAnswer", ".publish(");
  const mine = createEvent({ idempotent: true });
  await expect(pair.faulty.publish(mine)).rejects.toMatchObject({ code: "store_unavailable" });
  await lost;
  expect(await pair.faulty.publish(mine)).toMatchObject([{ duplicate: true }]);
  await pair.claimExactly(1);
});

test("what was marked as loaded without an answer is loaded again", async () => {
  let isLost = false;
  void pair.failNext("losesAnswer", ".load(").then(() => (isLost = true));
  await pair.healthy.publish(createEvent(), createEvent());
  await waitFor("it was asked for", WAIT_MS, async () => {
    expect(await pair.tryClaim()).toEqual([]);
    return isLost || undefined;
  });
  await pair.claimExactly(2);
});

test("what is due and was told of without an answer is known all the same", async () => {
  await pair.healthy.publish(createEvent());
  const lost = pair.failNext("losesAnswer", ".look(");
  expect(await pair.tryClaim()).toEqual([]);
  await lost;
  await pair.claimExactly(1);
});

test("a gate that was told of without an answer is closed all the same", async () => {
  const gate: PauseChange = { scope: "account", id: "acme", reason: "disabled", durationMs: "forever" };
  await pair.healthy.store.setPause(gate);
  const lost = pair.failNext("losesAnswer", ".look(");
  expect(await pair.tryClaim()).toEqual([]);
  await lost;
  await pair.faulty.publish(createEvent());
  for (let round = 0; round < 5; round++) expect(await pair.tryClaim()).toEqual([]);
  await pair.healthy.store.setPause({ ...gate, durationMs: null });
  await pair.claimExactly(1);
});

test("webhooks that were taken without an answer are known all the same", async () => {
  await pair.healthy.create(createWebhook({ id: "new", topics: ["new.*"] }));
  await pair.healthy.publish(createEvent({ topic: "new.a" }));
  const lost = pair.failNext("losesAnswer", ".look(");
  expect(await pair.tryClaim()).toEqual([]);
  await lost;
  expect(await pair.claimExactly(1)).toMatchObject([{ webhook: "new" }]);
});

test.each(["delivered", "retry"] as const)(
  "what was settled (%s) without an answer is so, and nothing of it is left behind",
  async (state) => {
    const claim = await pair.claimNew();
    const lost = pair.failNext("losesAnswer", ".settle(");
    const settle = (): Promise<unknown> =>
      state === "retry" ? pair.faulty.retry(claim, 0) : pair.faulty.complete(claim);
    await expect(settle()).rejects.toMatchObject({ code: "store_unavailable" });
    await lost;
    await settle();
    if (state === "retry") expect(await pair.claimExactly(1)).toMatchObject([{ attempts: 1 }]);
    else await pair.claimExactly(0);
  },
);

test("a process that is not answered twice in a row still has what it had", async () => {
  await pair.faulty.publish(createEvent());
  await pair.healthy.publish(createEvent());
  void pair.failNext("losesAnswer", ".look(").then(() => pair.failNext("losesAnswer", ".succeed("));
  await pair.claimExactly(2);
});

test("webhooks that were left to others without an answer are served once, by one of them", async () => {
  const third = pair.startHealthy();
  await third.claim(1);
  const names = Array.from({ length: 8 }, (_, n) => `shared${n}`);
  await pair.faulty.create(...names.map((id) => createWebhook({ id, topics: [`${id}.*`] })));
  await pair.faulty.publish(
    ...names.flatMap((id) => [createEvent({ topic: `${id}.a` }), createEvent({ topic: `${id}.b` })]),
  );
  let isLost = false;
  void pair.failNext("losesAnswer", ".release(").then(() => (isLost = true));
  const allClaims: Claim[] = [];
  await waitFor("it has left some", WAIT_MS, async () => {
    allClaims.push(...(await pair.tryClaim(1)));
    return isLost || undefined;
  });
  await waitFor("all were claimed", WAIT_MS, async () => {
    allClaims.push(...(await pair.tryClaim()), ...(await third.claim(100)));
    return allClaims.length >= 16 ? true : undefined;
  });
  await third.store.close();
  expect(new Set(allClaims.map(({ delivery }) => delivery)).size).toBe(16);
  expect(allClaims).toHaveLength(16);
});
