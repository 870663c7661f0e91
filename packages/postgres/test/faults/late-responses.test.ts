import { createEvent, createWebhook } from "@heron-webhooks/conformance/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FaultyPair, WAIT_MS } from "./faulty-pair.ts";
import { waitFor } from "./wait-for.ts";

let pair: FaultyPair;

beforeEach(async () => {
  pair = await FaultyPair.open();
});

afterEach(() => pair.close());

test("what was settled too late for its answer does nothing to the attempt that came after", async () => {
  const first = await pair.claimNew();
  const kept = pair.failNext("keepsBack", ".settle(");
  await expect(pair.faulty.retry(first, 0)).rejects.toMatchObject({ code: "store_unavailable" });
  await kept;
  await pair.faulty.retry(first, 0);
  const [second] = await pair.claimExactly(1);
  if (second === undefined) throw new Error("nothing was claimed");
  await pair.proxy.restore();
  await waitFor("the server has read what was kept back", WAIT_MS, () =>
    pair.proxy.isDrained() ? true : undefined,
  );
  expect(await pair.faulty.complete(second)).toEqual([]);
});

test("a retry that is put down while more of its webhook is on its way into memory is not forgotten", async () => {
  const claim = await pair.claimNew();
  await pair.healthy.publish(createEvent());
  const asked = pair.failNext("stallsAnswer", ".load(");
  const claiming = pair.tryClaim();
  await asked;
  await waitFor("it was loaded", WAIT_MS, async () => ((await pair.countLeased()) === 3 ? true : undefined));
  await pair.faulty.retry(claim, 0);
  await pair.proxy.restore();
  expect([...(await claiming), ...(await pair.tryClaim()), ...(await pair.tryClaim())]).toHaveLength(2);
});

test("an event that the server puts down after it was given up is delivered all the same", async () => {
  const mine = createEvent({ idempotent: true });
  const kept = pair.failNext("keepsBack", ".publish(");
  await expect(pair.faulty.publish(mine)).rejects.toMatchObject({ code: "store_unavailable" });
  await kept;
  // It has found by now what it is to know.
  await pair.claimExactly(0);
  await pair.proxy.restore();
  await waitFor("the server has it", WAIT_MS, async () =>
    JSON.stringify(await pair.healthy.publish(mine)).includes('"duplicate":true') ? true : undefined,
  );
  await pair.claimExactly(1);
});

test("webhooks that the server gives after they were asked for in vain are served all the same", async () => {
  await pair.healthy.create(createWebhook({ id: "new", topics: ["new.*"] }));
  const kept = pair.failNext("keepsBack", ".look(");
  expect(await pair.tryClaim()).toEqual([]);
  await kept;
  await pair.claimExactly(0);
  await pair.healthy.publish(createEvent({ topic: "new.a" }));
  await pair.proxy.restore();
  await pair.claimExactly(1);
});
