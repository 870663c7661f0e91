import { expect, test } from "vitest";
import { BrowserHarness, WAIT_TIMEOUT_MS } from "./browser-harness.ts";
import { STATUS_TEXTS, UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

test("deliveries between the first load of a list and the start of the stream appear", async () => {
  const [host, receiver] = [await harness.openApplication(), await harness.openReceiver()];
  const acme = host.sender.forAccount("acme");
  const { secret } = await acme.webhooks.create({ url: receiver.at("/hooks"), topics: ["**"] });
  receiver.secrets = [secret];
  const ann = await harness.openPage(host);
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  await ann.page.route("**/api/events", async (route) => {
    await begun;
    await route.continue();
  });
  await ann.open(host.link("acme", { to: "deliveries" }));
  await ann.waitForText(UI_TEXTS.noDeliveries, ann.main);
  await acme.emit("invoice.paid", { invoice: "in_1", amount: 1, currency: "EUR" });
  await expect.poll(() => receiver.received.length, { timeout: WAIT_TIMEOUT_MS }).toBe(1);
  await expect
    .poll(async () => (await acme.deliveries.list({ state: "delivered" })).data.length, {
      timeout: WAIT_TIMEOUT_MS,
    })
    .toBe(1);
  begin();
  await ann.waitForLive();
  await ann.button(UI_TEXTS.newDeliveries).waitFor();
  await ann.page.getByRole("status").filter({ hasText: "1 new." }).waitFor({ state: "attached" });
  await ann.showNew(STATUS_TEXTS.delivered);
});
