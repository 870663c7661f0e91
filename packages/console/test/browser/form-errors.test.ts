import { expect, test } from "vitest";
import { BrowserHarness, WAIT_TIMEOUT_MS } from "./browser-harness.ts";
import { apiErrorPattern, UNREACHABLE_PATTERN } from "./faults.ts";
import { type FieldName, type Fields, STATUS_TEXTS, UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

const VALID_FIELDS = {
  url: "https://example.com/hooks",
  topics: "invoice.paid",
  headers: "X-Table: invoices",
  template: '{ "amount": "{{ data.amount }}" }',
  description: "Bookkeeping",
} as const satisfies Fields;

const INVALID_FIELDS = [
  ["url", "not an address", /url/i],
  ["url", "http://169.254.169.254/latest", /169\.254|https|public/i],
  ["topics", "not a topic", /not a topic/],
  ["headers", "no colon here", /colon/],
  ["headers", "Host: elsewhere", /host/i],
  ["template", '{ "amount": ', /JSON/],
  ["template", '{ "amount": "{{ nothing.like.this }}" }', /nothing/],
] as const;

test("each error is shown at its field, and input is kept", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openSignedInPage(host);
  ann.faults.expect(apiErrorPattern(400), apiErrorPattern(422));
  await ann.openWebhookForm();
  for (const [name, wrong, why] of INVALID_FIELDS) {
    const typed: Record<keyof typeof VALID_FIELDS, string> = { ...VALID_FIELDS, [name]: wrong };
    await ann.fill(typed);
    await ann.submitWebhook();
    await ann.waitForFieldError(name);
    await expect.poll(() => ann.getFieldDescription(name), { timeout: WAIT_TIMEOUT_MS }).toMatch(why);
    for (const field of Object.keys(VALID_FIELDS) as (keyof typeof VALID_FIELDS)[]) {
      expect(await ann.field(field).inputValue()).toBe(typed[field]);
      if (field !== name) expect(await ann.field(field).getAttribute("aria-invalid")).not.toBe("true");
    }
  }
  await ann.fill(VALID_FIELDS);
  await ann.submitWebhook();
  await ann.button(UI_TEXTS.test).waitFor();
});

test("all errors are shown at once, the first has the focus, and each disappears after a change", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openSignedInPage(host);
  await ann.openWebhookForm();
  await ann.fill({ headers: "no colon here", template: "{ " });
  await ann.submitWebhook();
  for (const name of ["url", "topics", "headers", "template"] as const) await ann.waitForFieldError(name);
  const hasFocus = (): Promise<boolean> =>
    ann.field("url").evaluate((field) => field.ownerDocument.activeElement === field);
  await expect.poll(hasFocus, { timeout: WAIT_TIMEOUT_MS }).toBe(true);
  await ann.fill({ ...VALID_FIELDS, template: "{ " });
  for (const name of ["url", "topics", "headers"] as const)
    await expect
      .poll(() => ann.field(name).getAttribute("aria-invalid"), { timeout: WAIT_TIMEOUT_MS })
      .toBe("false");
  // The preview shows only the current error.
  const preview = ann.main.getByRole("complementary", { name: UI_TEXTS.preview });
  await ann.waitForText(/Invalid JSON/, preview);
  await ann.fill({ template: VALID_FIELDS.template });
  await preview.getByText(/Invalid JSON/).waitFor({ state: "detached" });
});

test("input is kept while the server is unreachable, and saving again creates the webhook", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openSignedInPage(host);
  ann.faults.expect(UNREACHABLE_PATTERN);
  await ann.openWebhookForm();
  await ann.fill(VALID_FIELDS);
  await host.gateway.close();
  await ann.submitWebhook();
  await ann.main.getByRole("alert").filter({ hasText: UI_TEXTS.unreachable }).waitFor();
  for (const [name, text] of Object.entries(VALID_FIELDS))
    expect(await ann.field(name as FieldName).inputValue()).toBe(text);
  await host.gateway.open();
  await ann.submitWebhook();
  await ann.button(UI_TEXTS.test).waitFor();
  const { data } = await host.sender.forAccount("acme").webhooks.list();
  expect(data.map(({ description }) => description)).toEqual([VALID_FIELDS.description]);
});

test("a lost connection is shown, and missed deliveries appear after the reconnect", async () => {
  const [host, receiver] = [await harness.openApplication(), await harness.openReceiver()];
  const acme = host.sender.forAccount("acme");
  const { secret } = await acme.webhooks.create({ url: receiver.at("/hooks"), topics: ["**"] });
  receiver.secrets = [secret];
  const ann = await harness.openSignedInPage(host);
  ann.faults.expect(UNREACHABLE_PATTERN);
  await ann.goTo("Deliveries");
  await ann.waitForText(UI_TEXTS.noDeliveries, ann.main);
  await host.gateway.close();
  await ann.waitForLostConnection();
  await acme.emit("invoice.paid", { invoice: "in_1", amount: 1, currency: "EUR" });
  await expect.poll(() => receiver.received.length, { timeout: WAIT_TIMEOUT_MS }).toBe(1);
  await host.gateway.open();
  await ann.waitForLive();
  await ann.showNew(STATUS_TEXTS.delivered);
});
