import { createEvent, createWebhook } from "@heron-webhooks/conformance/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FaultyPair, WAIT_MS } from "./faulty-pair.ts";
import { waitFor } from "./wait-for.ts";

let pair: FaultyPair;

beforeEach(async () => {
  pair = await FaultyPair.open();
});

afterEach(() => pair.close());

test("a result that the server processes after the timeout does not affect the next attempt", async () => {
  const first = await pair.claimNew();
  const sent = pair.failNext("shouldHoldRequest", ".complete_deliveries(");
  await expect(pair.faulty.retry(first, 0)).rejects.toMatchObject({ code: "store_unavailable" });
  await sent;
  await pair.faulty.retry(first, 0);
  const [second] = await pair.claimExactly(1);
  if (second === undefined) throw new Error("nothing was claimed");
  await pair.proxy.restore();
  await waitFor("the server has read the held request", WAIT_MS, () =>
    pair.proxy.isDrained() ? true : undefined,
  );
  expect(await pair.faulty.complete(second)).toEqual([]);
});

test("a retry that is recorded while deliveries of its webhook are loaded is not lost", async () => {
  const claim = await pair.claimNew();
  await pair.healthy.publish(createEvent());
  const sent = pair.failNext("shouldStallResponse", ".lease_due_deliveries(");
  const claiming = pair.tryClaim();
  await sent;
  await waitFor("it was loaded", WAIT_MS, async () => ((await pair.countLeased()) === 3 ? true : undefined));
  await pair.faulty.retry(claim, 0);
  await pair.proxy.restore();
  expect([...(await claiming), ...(await pair.tryClaim()), ...(await pair.tryClaim())]).toHaveLength(2);
});

test("an event that the server stores after the timeout is delivered", async () => {
  const event = createEvent({ idempotent: true });
  const sent = pair.failNext("shouldHoldRequest", ".publish_events(");
  await expect(pair.faulty.publish(event)).rejects.toMatchObject({ code: "store_unavailable" });
  await sent;
  // It has recovered from the timeout by now.
  await pair.claimExactly(0);
  await pair.proxy.restore();
  await waitFor("the server has it", WAIT_MS, async () =>
    JSON.stringify(await pair.healthy.publish(event)).includes('"duplicate":true') ? true : undefined,
  );
  await pair.claimExactly(1);
});

test("webhooks that the server assigns after the timeout are served", async () => {
  await pair.healthy.create(createWebhook({ id: "new", topics: ["new.*"] }));
  const sent = pair.failNext("shouldHoldRequest", ".poll(");
  expect(await pair.tryClaim()).toEqual([]);
  await sent;
  await pair.claimExactly(0);
  await pair.healthy.publish(createEvent({ topic: "new.a" }));
  await pair.proxy.restore();
  await pair.claimExactly(1);
});
