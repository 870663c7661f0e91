import { expect, test } from "vitest";
import { answered } from "./faults.ts";
import { PATIENCE, Stage } from "./stage.ts";
import { WORDS } from "./words.ts";

const stage = Stage.set();

const PAID = { invoice: "in_1", currency: "EUR" } as const;

test("a label that is made in the page names events from then on, and they arrive", async () => {
  const [host, receiver] = [await stage.host(), await stage.receiver()];
  const acme = host.sender.for("acme");
  const ann = await stage.signedIn(host);
  const webhook = await ann.addWebhook({
    url: receiver.at("/hooks"),
    topics: "label.big_invoice\ninvoice.overdue",
  });
  receiver.secrets = await ann.secrets();
  await acme.emit("invoice.overdue", { ...PAID, amount: 200, days: 14 });
  await acme.emit("invoice.overdue", { ...PAID, amount: 5, days: 14 });
  await expect.poll(() => receiver.received.length, { timeout: PATIENCE }).toBe(2);

  await ann.goTo("Labels");
  await ann.sees(WORDS.noLabels, ann.main);
  await ann.main.getByRole("link", { name: WORDS.makeLabel }).click();
  await ann.heading(WORDS.makeLabel);
  await ann.fill({ name: "big_invoice", pattern: "invoice.*" });
  await ann.addCondition("data.amount", "is more than", "100");
  await ann.sees("number", ann.main.locator(".condition"));
  await ann.sees(
    /1 of the last 2 events matches/,
    ann.main.getByRole("complementary", { name: WORDS.wouldName }),
  );
  // What is typed is there again after a reload.
  await ann.page.reload();
  expect(await ann.field("name").inputValue()).toBe("big_invoice");
  expect(await ann.main.getByLabel("Value of condition 1").inputValue()).toBe("100");
  await ann.page.getByLabel("Value of condition 1").press("Control+Enter");
  await ann.heading("Labels");
  await ann.sees("data.amount is more than 100", ann.main);

  await acme.emit("invoice.paid", { ...PAID, amount: 12 });
  await acme.emit("invoice.paid", { ...PAID, amount: 120 });
  await expect.poll(() => receiver.received.length, { timeout: PATIENCE }).toBe(3);
  const { body } = receiver.received[2] ?? {};
  expect(body).toMatchObject({
    topic: "label.big_invoice",
    data: { amount: 120 },
    meta: { raw: { topic: "invoice.paid" } },
  });

  await ann.main.getByRole("link", { name: "big_invoice" }).click();
  await ann.heading("big_invoice");
  await ann.confirm(ann.button(WORDS.delete));
  await ann.sees(WORDS.noLabels, ann.main);
  expect(await acme.labels.list()).toEqual([]);
  expect((await acme.webhooks.get(webhook)).topics).toContain("label.big_invoice");
});

test("what is wrong with a label is told beside its field, and nothing that was typed is lost", async () => {
  const host = await stage.host();
  await host.sender.for("acme").labels.create({ name: "taken", pattern: "invoice.*" });
  const ann = await stage.signedIn(host);
  ann.faults.expect(answered(400), answered(409));
  await ann.open("labels/new");
  await ann.fill({ name: "No Name", pattern: "invoice.*", description: "For thanks" });
  await ann.addCondition("amount", "is more than", "100");
  const path = ann.main.getByLabel("Path of condition 1");
  const submit = (): Promise<void> => ann.button(WORDS.makeLabel).click();
  await submit();
  await ann.isWrong("name");
  await ann.field("name").fill("big_invoice");
  await submit();
  await path.and(ann.page.locator("[aria-invalid=true]")).waitFor();
  await ann.sees(/must begin with topic/, ann.main.locator(".condition"));
  await path.fill("data.amount");
  await ann.field("pattern").fill("label.*");
  await submit();
  await ann.isWrong("pattern");
  await ann.fill({ name: "taken", pattern: "invoice.paid" });
  await submit();
  await ann.isWrong("name");
  expect(await ann.field("description").inputValue()).toBe("For thanks");
  expect(await ann.main.getByLabel("Value of condition 1").inputValue()).toBe("100");
});

test("a webhook with a condition gets what meets it, and says so in words", async () => {
  const [host, receiver] = [await stage.host(), await stage.receiver()];
  const acme = host.sender.for("acme");
  const ann = await stage.signedIn(host);
  await ann.begin();
  await ann.fill({ url: receiver.at("/hooks"), topics: "invoice.paid" });
  await ann.addCondition("data.amount", "is at least", "100");
  await ann.addCondition("data.currency", "is one of", "EUR\nGBP");
  await ann.submit();
  await ann.sees("data.amount is at least 100", ann.main);
  await ann.sees("and data.currency is one of “EUR” or “GBP”", ann.main);
  receiver.secrets = await ann.secrets();
  for (const [amount, currency] of [
    [99, "EUR"],
    ["100", "EUR"],
    [100, "USD"],
    [100, "GBP"],
  ] as const)
    await acme.emit("invoice.paid", { invoice: "in_1", amount, currency });
  await expect.poll(() => receiver.received.length, { timeout: PATIENCE }).toBe(1);
  expect(receiver.received[0]?.body["data"]).toMatchObject({ amount: 100, currency: "GBP" });
  const { items } = await acme.deliveries.list();
  expect(items).toHaveLength(1);
});

test("conditions are added, filled and removed by the keyboard, and the focus goes with them", async () => {
  const host = await stage.host();
  const ann = await stage.signedIn(host);
  await ann.open("labels/new");
  const { keyboard } = ann.page;
  const focused = (): Promise<string | null> =>
    ann.page.evaluate(
      "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
    );
  await ann.button(WORDS.addCondition).focus();
  await keyboard.press("Enter");
  await expect.poll(focused).toBe("Path of condition 1");
  await keyboard.type("data.amount");
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.type('"100"');
  await ann.sees("text", ann.main.locator(".kind"));
  await keyboard.press("Tab");
  await expect.poll(focused).toBe("Remove condition 1");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect.poll(focused).toBe("Path of condition 2");
  await ann.main.getByLabel("Remove condition 1").press("Enter");
  await expect.poll(focused).toBe("Path of condition 1");
  await ann.main.getByLabel("Remove condition 1").press("Enter");
  await expect.poll(focused).toBe(WORDS.addCondition);
  for (let n = 0; n < 10; n++) await ann.button(WORDS.addCondition).click();
  await ann.sees("There may be 10 at the most.", ann.main);
});
