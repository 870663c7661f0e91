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

test("an event whose response was lost is delivered once when it is published again with its id", async () => {
  const lost = pair.failNext("shouldDropResponse", ".publish_events(");
  const event = createEvent({ idempotent: true });
  await expect(pair.faulty.publish(event)).rejects.toMatchObject({ code: "store_unavailable" });
  await lost;
  expect(await pair.faulty.publish(event)).toMatchObject([{ duplicate: true }]);
  await pair.claimExactly(1);
});

test("deliveries whose load response was lost are loaded again", async () => {
  let isLost = false;
  void pair.failNext("shouldDropResponse", ".lease_due_deliveries(").then(() => (isLost = true));
  await pair.healthy.publish(createEvent(), createEvent());
  await waitFor("it was requested", WAIT_MS, async () => {
    expect(await pair.tryClaim()).toEqual([]);
    return isLost || undefined;
  });
  await pair.claimExactly(2);
});

test("a due delivery is delivered although the response of its notification was lost", async () => {
  await pair.healthy.publish(createEvent());
  const lost = pair.failNext("shouldDropResponse", ".poll(");
  expect(await pair.tryClaim()).toEqual([]);
  await lost;
  await pair.claimExactly(1);
});

test("a pause is applied although the response of its notification was lost", async () => {
  const pause: PauseChange = { scope: "account", id: "acme", reason: "disabled", durationMs: "forever" };
  await pair.healthy.store.setPause(pause);
  const lost = pair.failNext("shouldDropResponse", ".poll(");
  expect(await pair.tryClaim()).toEqual([]);
  await lost;
  await pair.faulty.publish(createEvent());
  for (let round = 0; round < 5; round++) expect(await pair.tryClaim()).toEqual([]);
  await pair.healthy.store.setPause({ ...pause, durationMs: null });
  await pair.claimExactly(1);
});

test("webhooks are served although the response that assigned them was lost", async () => {
  await pair.healthy.create(createWebhook({ id: "new", topics: ["new.*"] }));
  await pair.healthy.publish(createEvent({ topic: "new.a" }));
  const lost = pair.failNext("shouldDropResponse", ".poll(");
  expect(await pair.tryClaim()).toEqual([]);
  await lost;
  expect(await pair.claimExactly(1)).toMatchObject([{ webhook: "new" }]);
});

test.each(["delivered", "retry"] as const)(
  "a result (%s) whose response was lost is recorded once",
  async (state) => {
    const claim = await pair.claimNew();
    const lost = pair.failNext("shouldDropResponse", ".complete_deliveries(");
    const complete = (): Promise<unknown> =>
      state === "retry" ? pair.faulty.retry(claim, 0) : pair.faulty.complete(claim);
    await expect(complete()).rejects.toMatchObject({ code: "store_unavailable" });
    await lost;
    await complete();
    if (state === "retry") expect(await pair.claimExactly(1)).toMatchObject([{ attemptCount: 1 }]);
    else await pair.claimExactly(0);
  },
);

test("a process keeps its deliveries when two responses in a row are lost", async () => {
  await pair.faulty.publish(createEvent());
  await pair.healthy.publish(createEvent());
  void pair
    .failNext("shouldDropResponse", ".poll(")
    .then(() => pair.failNext("shouldDropResponse", ".renew_epoch("));
  await pair.claimExactly(2);
});

test("webhooks are served once although the response of their release was lost", async () => {
  const third = pair.startHealthy();
  await third.claim(1);
  const names = Array.from({ length: 8 }, (_, n) => `shared${n}`);
  await pair.faulty.create(...names.map((id) => createWebhook({ id, topics: [`${id}.*`] })));
  await pair.faulty.publish(
    ...names.flatMap((id) => [createEvent({ topic: `${id}.a` }), createEvent({ topic: `${id}.b` })]),
  );
  let isLost = false;
  void pair.failNext("shouldDropResponse", ".release_webhooks(").then(() => (isLost = true));
  const allClaims: Claim[] = [];
  await waitFor("it has released some", WAIT_MS, async () => {
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
