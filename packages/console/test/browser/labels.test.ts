import { expect, test } from "vitest";
import { BrowserHarness, WAIT_TIMEOUT_MS } from "./browser-harness.ts";
import { apiErrorPattern } from "./faults.ts";
import { UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

const PAID = { invoice: "in_1", currency: "EUR" } as const;

test("a label created in the page applies to new events, which are delivered", async () => {
  const [host, receiver] = [await harness.openApplication(), await harness.openReceiver()];
  const acme = host.sender.forAccount("acme");
  const ann = await harness.openSignedInPage(host);
  const webhook = await ann.addWebhook({
    url: receiver.at("/hooks"),
    topics: "label.big_invoice\ninvoice.overdue",
  });
  receiver.secrets = await ann.secrets();
  await acme.emit("invoice.overdue", { ...PAID, amount: 200, days: 14 });
  await acme.emit("invoice.overdue", { ...PAID, amount: 5, days: 14 });
  await expect.poll(() => receiver.received.length, { timeout: WAIT_TIMEOUT_MS }).toBe(2);

  await ann.goTo("Labels");
  await ann.waitForText(UI_TEXTS.noLabels, ann.main);
  await ann.main.getByRole("link", { name: UI_TEXTS.createLabel }).click();
  await ann.waitForHeading(UI_TEXTS.createLabel);
  await ann.fill({ name: "big_invoice", pattern: "invoice.*" });
  await ann.addCondition("data.amount", "is more than", "100");
  await ann.waitForText("number", ann.main.locator(".condition"));
  await ann.waitForText(
    /1 of the last 2 events matches/,
    ann.main.getByRole("complementary", { name: UI_TEXTS.matchingEvents }),
  );
  // Input is restored after a reload.
  await ann.page.reload();
  expect(await ann.field("name").inputValue()).toBe("big_invoice");
  expect(await ann.main.getByLabel("Value of condition 1").inputValue()).toBe("100");
  await ann.page.getByLabel("Value of condition 1").press("Control+Enter");
  await ann.waitForHeading("Labels");
  await ann.waitForText("data.amount is more than 100", ann.main);

  await acme.emit("invoice.paid", { ...PAID, amount: 12 });
  await acme.emit("invoice.paid", { ...PAID, amount: 120 });
  await expect.poll(() => receiver.received.length, { timeout: WAIT_TIMEOUT_MS }).toBe(3);
  const { body } = receiver.received[2] ?? {};
  expect(body).toMatchObject({
    topic: "label.big_invoice",
    data: { amount: 120 },
    meta: { raw: { topic: "invoice.paid" } },
  });

  await ann.main.getByRole("link", { name: "big_invoice" }).click();
  await ann.waitForHeading("big_invoice");
  await ann.confirm(ann.button(UI_TEXTS.delete));
  await ann.waitForText(UI_TEXTS.noLabels, ann.main);
  expect(await acme.labels.list()).toEqual([]);
  expect((await acme.webhooks.get(webhook)).topics).toContain("label.big_invoice");
});

test("label errors are shown at their fields, and input is kept", async () => {
  const host = await harness.openApplication();
  await host.sender.forAccount("acme").labels.create({ name: "taken", pattern: "invoice.*" });
  const ann = await harness.openSignedInPage(host);
  ann.faults.expect(apiErrorPattern(400), apiErrorPattern(409));
  await ann.open("labels/new");
  await ann.fill({ name: "No Name", pattern: "invoice.*", description: "For thanks" });
  await ann.addCondition("amount", "is more than", "100");
  const path = ann.main.getByLabel("Path of condition 1");
  const submit = (): Promise<void> => ann.button(UI_TEXTS.createLabel).click();
  await submit();
  await ann.waitForFieldError("name");
  await ann.field("name").fill("big_invoice");
  await submit();
  await path.and(ann.page.locator("[aria-invalid=true]")).waitFor();
  await ann.waitForText(/must begin with topic/, ann.main.locator(".condition"));
  await path.fill("data.amount");
  await ann.field("pattern").fill("label.*");
  await submit();
  await ann.waitForFieldError("pattern");
  await ann.fill({ name: "taken", pattern: "invoice.paid" });
  await submit();
  await ann.waitForFieldError("name");
  expect(await ann.field("description").inputValue()).toBe("For thanks");
  expect(await ann.main.getByLabel("Value of condition 1").inputValue()).toBe("100");
});

test("a webhook with conditions gets matching events and shows the conditions as text", async () => {
  const [host, receiver] = [await harness.openApplication(), await harness.openReceiver()];
  const acme = host.sender.forAccount("acme");
  const ann = await harness.openSignedInPage(host);
  await ann.openWebhookForm();
  await ann.fill({ url: receiver.at("/hooks"), topics: "invoice.paid" });
  await ann.addCondition("data.amount", "is at least", "100");
  await ann.addCondition("data.currency", "is one of", "EUR\nGBP");
  await ann.submitWebhook();
  await ann.waitForText("data.amount is at least 100", ann.main);
  await ann.waitForText("and data.currency is one of “EUR” or “GBP”", ann.main);
  receiver.secrets = await ann.secrets();
  for (const [amount, currency] of [
    [99, "EUR"],
    ["100", "EUR"],
    [100, "USD"],
    [100, "GBP"],
  ] as const)
    await acme.emit("invoice.paid", { invoice: "in_1", amount, currency });
  await expect.poll(() => receiver.received.length, { timeout: WAIT_TIMEOUT_MS }).toBe(1);
  expect(receiver.received[0]?.body["data"]).toMatchObject({ amount: 100, currency: "GBP" });
  const { data: items } = await acme.deliveries.list();
  expect(items).toHaveLength(1);
});

test("conditions can be edited by keyboard, and the focus follows", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openSignedInPage(host);
  await ann.open("labels/new");
  const { keyboard } = ann.page;
  const focused = (): Promise<string | null> =>
    ann.page.evaluate(
      "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
    );
  await ann.button(UI_TEXTS.addCondition).focus();
  await keyboard.press("Enter");
  await expect.poll(focused).toBe("Path of condition 1");
  await keyboard.type("data.amount");
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.type('"100"');
  await ann.waitForText("text", ann.main.locator(".value-type"));
  await keyboard.press("Tab");
  await expect.poll(focused).toBe("Remove condition 1");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect.poll(focused).toBe("Path of condition 2");
  await ann.main.getByLabel("Remove condition 1").press("Enter");
  await expect.poll(focused).toBe("Path of condition 1");
  await ann.main.getByLabel("Remove condition 1").press("Enter");
  await expect.poll(focused).toBe(UI_TEXTS.addCondition);
  for (let n = 0; n < 10; n++) await ann.button(UI_TEXTS.addCondition).click();
  await ann.waitForText("Maximum: 10 conditions.", ann.main);
});
