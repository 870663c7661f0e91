import { expect, test } from "vitest";
import { PATIENCE, Stage } from "./stage.ts";
import { MARKS, WORDS } from "./words.ts";

const stage = Stage.set();

test("what happens between a list's first load and the stream's beginning is told once that begins", async () => {
  const [host, receiver] = [await stage.host(), await stage.receiver()];
  const acme = host.sender.for("acme");
  const { secret } = await acme.webhooks.create({ url: receiver.at("/hooks"), topics: ["**"] });
  receiver.secrets = [secret];
  const ann = await stage.person(host);
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  await ann.page.route("**/api/events", async (route) => {
    await begun;
    await route.continue();
  });
  await ann.open(host.link("acme", { to: "deliveries" }));
  await ann.sees(WORDS.noDeliveries, ann.main);
  await acme.emit("invoice.paid", { invoice: "in_1", amount: 1, currency: "EUR" });
  await expect.poll(() => receiver.received.length, { timeout: PATIENCE }).toBe(1);
  await expect
    .poll(async () => (await acme.deliveries.list({ state: "delivered" })).items.length, {
      timeout: PATIENCE,
    })
    .toBe(1);
  begin();
  await ann.isLive();
  await ann.button(WORDS.fresh).waitFor();
  await ann.page.getByRole("status").filter({ hasText: "1 new." }).waitFor({ state: "attached" });
  await ann.showNew(MARKS.delivered);
});
