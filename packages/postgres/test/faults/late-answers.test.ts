import { event, webhook } from "@heron-webhooks/conformance/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Pair, SOON } from "./pair.ts";
import { until } from "./until.ts";

let pair: Pair;

beforeEach(async () => {
  pair = await Pair.open();
});

afterEach(() => pair.close());

test("what was settled too late for its answer does nothing to the attempt that came after", async () => {
  const first = await pair.claim();
  const kept = pair.once("keepsBack", ".settle(");
  await expect(pair.one.retry(first, 0)).rejects.toMatchObject({ code: "store_unavailable" });
  await kept;
  await pair.one.retry(first, 0);
  const [second] = await pair.claimed(1);
  if (second === undefined) throw new Error("nothing was claimed");
  await pair.proxy.mend();
  await until("the server has read what was kept back", SOON, () =>
    pair.proxy.isDrained() ? true : undefined,
  );
  expect(await pair.one.settle(second)).toEqual([]);
});

test("a retry that is put down while more of its webhook is on its way into memory is not forgotten", async () => {
  const claim = await pair.claim();
  await pair.other.publish(event());
  const asked = pair.once("stallsAnswer", ".load(");
  const claiming = pair.claims();
  await asked;
  await until("it was loaded", SOON, async () => ((await pair.held()) === 3 ? true : undefined));
  await pair.one.retry(claim, 0);
  await pair.proxy.mend();
  expect([...(await claiming), ...(await pair.claims()), ...(await pair.claims())]).toHaveLength(2);
});

test("an event that the server puts down after it was given up is delivered all the same", async () => {
  const mine = event({ idempotent: true });
  const kept = pair.once("keepsBack", ".publish(");
  await expect(pair.one.publish(mine)).rejects.toMatchObject({ code: "store_unavailable" });
  await kept;
  // It has found by now what it is to know.
  await pair.claimed(0);
  await pair.proxy.mend();
  await until("the server has it", SOON, async () =>
    JSON.stringify(await pair.other.publish(mine)).includes('"duplicate":true') ? true : undefined,
  );
  await pair.claimed(1);
});

test("webhooks that the server gives after they were asked for in vain are served all the same", async () => {
  await pair.other.create(webhook({ id: "new", topics: ["new.*"] }));
  const kept = pair.once("keepsBack", ".look(");
  expect(await pair.claims()).toEqual([]);
  await kept;
  await pair.claimed(0);
  await pair.other.publish(event({ topic: "new.a" }));
  await pair.proxy.mend();
  await pair.claimed(1);
});
