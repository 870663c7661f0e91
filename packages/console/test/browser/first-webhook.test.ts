import { expect, test } from "vitest";
import { BrowserHarness, WAIT_TIMEOUT_MS } from "./browser-harness.ts";
import { STATUS_TEXTS, UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

test("a webhook is created with URL and topic, and its test event arrives with a valid signature", async () => {
  const [host, receiver] = [await harness.openApplication(), await harness.openReceiver()];
  const ann = await harness.openSignedInPage(host);
  await ann.addWebhook({ url: receiver.at("/hooks"), topics: "end_user.review_required" });
  await ann.waitForText("end_user.review_required", ann.main);

  // The receiver does not have the secret yet.
  await ann.button(UI_TEXTS.test).click();
  await ann.waitForText(UI_TEXTS.testFailed, ann.main);

  receiver.secrets = await ann.secrets();
  await ann.button(UI_TEXTS.test).click();
  await ann.waitForText(UI_TEXTS.testDelivered, ann.main);
  await ann.waitForText("Thank you for end_user.review_required", ann.main);
  expect(receiver.received.map(({ body }) => body)).toEqual([
    {
      topic: "end_user.review_required",
      created: expect.any(String),
      data: expect.objectContaining({ end_user_id: "myenduser" }),
      meta: { test: true },
      id: expect.any(String),
    },
  ]);
});

test("a webhook with headers and a template gets raw, labeled and Heap API events", async () => {
  const [host, receiver] = [await harness.openApplication(), await harness.openReceiver()];
  const acme = host.sender.forAccount("acme");
  await acme.users.addProperties("ann@example.com", { plan: "pro" });
  const { key } = await acme.writeKeys.create();
  await acme.labels.create({
    name: "paid_late",
    pattern: "invoice.paid",
    conditions: [{ path: "data.days", op: "gt", value: 0 }],
  });
  const ann = await harness.openSignedInPage(host);
  await ann.addWebhook({
    url: receiver.at("/rows"),
    headers: "Authorization: Basic dXNlcjpwYXNz\nX-Table: invoices",
    template: JSON.stringify({
      source: "heron",
      count: 1,
      invoice: { amount: "{{ data.amount }}", currency: "{{ data.currency }}" },
      plan: "{{ user.plan }}",
    }),
    topics: "invoice.overdue\nlabel.paid_late\ntrack.invoice_written_off",
    description: "Rows for the data lake",
  });
  receiver.secrets = await ann.secrets();
  const about = { user: "ann@example.com" };
  const invoice = { invoice: "in_1", currency: "EUR" };
  await acme.emit("invoice.overdue", { ...invoice, amount: 12.5, days: 14 }, about);
  await ann.showNew();
  await ann.openDelivery(STATUS_TEXTS.delivered);
  // The label matches only the second event.
  await acme.emit("invoice.paid", { ...invoice, amount: 1, days: 0 }, about);
  await acme.emit("invoice.paid", { ...invoice, amount: 20, days: 3 }, about);
  // An event of the Heap-compatible API.
  const tracked = await fetch(`${host.url}api/track`, {
    method: "POST",
    body: JSON.stringify({
      app_id: key,
      identity: about.user,
      event: "Invoice written off",
      properties: { amount: 7, currency: "GBP" },
    }),
  });
  expect(tracked.status).toBe(200);
  await expect.poll(() => receiver.received.length, { timeout: WAIT_TIMEOUT_MS }).toBe(3);

  const row = (amount: number, currency: string): object => ({
    source: "heron",
    count: 1,
    invoice: { amount, currency },
    plan: "pro",
  });
  expect(receiver.received.map(({ body }) => body)).toEqual(
    expect.arrayContaining([row(12.5, "EUR"), row(20, "EUR"), row(7, "GBP")]),
  );
  for (const { headers } of receiver.received)
    expect(headers).toMatchObject({ authorization: "Basic dXNlcjpwYXNz", "x-table": "invoices" });
});

test("saved header values never appear in the page", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openSignedInPage(host);
  const secret = "sesame-0123456789";
  await ann.addWebhook({
    url: "https://example.com/hooks",
    topics: "invoice.paid",
    headers: `Authorization: Bearer ${secret}`,
  });
  expect(await ann.page.content()).not.toContain(secret);
  expect(await ann.page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")).not.toContain(
    secret,
  );
  await ann.main.getByRole("link", { name: UI_TEXTS.edit }).click();
  await ann.field("headers").waitFor();
  expect(await ann.field("headers").inputValue()).toMatch(/^Authorization: •+$/i);
  expect(await ann.page.content()).not.toContain(secret);
});

test("the Slack message is previewed while typing", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openSignedInPage(host);
  // Incomplete input is rejected, and the preview shows the error.
  await ann.openWebhookForm();
  await ann.fill({
    topics: "end_user.review_required",
    template: JSON.stringify({ text: "*{{ data.end_user_id }}* needs a review" }),
    url: `https://hooks.slack.com/services/T00000000/B00000000/${"X".repeat(24)}`,
  });
  const preview = ann.main.getByRole("complementary", { name: UI_TEXTS.preview });
  await ann.waitForText(UI_TEXTS.slack, preview);
  const message = preview.getByRole("figure", { name: UI_TEXTS.slack });
  await message.getByText("myenduser", { exact: true }).waitFor();
  expect(await message.textContent()).toContain("myenduser needs a review");
});
