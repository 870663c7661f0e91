import { expect, test } from "vitest";
import { PATIENCE, Stage } from "./stage.ts";
import { MARKS, WORDS } from "./words.ts";

const stage = Stage.set();

test("as Heron has it: an address, a topic, enabled; and the event that tries it arrives, verified", async () => {
  const [host, receiver] = [await stage.host(), await stage.receiver()];
  const ann = await stage.signedIn(host);
  await ann.addWebhook({ url: receiver.at("/hooks"), topics: "end_user.review_required" });
  await ann.sees("end_user.review_required", ann.main);

  // Who receives cannot verify yet.
  await ann.button(WORDS.test).click();
  await ann.sees(WORDS.refused, ann.main);

  receiver.secrets = await ann.secrets();
  await ann.button(WORDS.test).click();
  await ann.sees(WORDS.took, ann.main);
  await ann.sees("Thank you for end_user.review_required", ann.main);
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

test("as Heap has it: an address, headers, a body of constants and properties, and events of every kind", async () => {
  const [host, receiver] = [await stage.host(), await stage.receiver()];
  const acme = host.sender.for("acme");
  await acme.users.addProperties("ann@example.com", { plan: "pro" });
  const { key } = await acme.writeKeys.create();
  await acme.labels.create({
    name: "paid_late",
    pattern: "invoice.paid",
    when: [{ path: "data.days", op: "gt", value: 0 }],
  });
  const ann = await stage.signedIn(host);
  await ann.addWebhook({
    url: receiver.at("/rows"),
    headers: "Authorization: Basic dXNlcjpwYXNz\nX-Table: invoices",
    body: JSON.stringify({
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
  await ann.openDelivery(MARKS.delivered);
  // It is named by a label: of these, the first is not late.
  await acme.emit("invoice.paid", { ...invoice, amount: 1, days: 0 }, about);
  await acme.emit("invoice.paid", { ...invoice, amount: 20, days: 3 }, about);
  // It is of the API that Heap's clients post to.
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
  await expect.poll(() => receiver.received.length, { timeout: PATIENCE }).toBe(3);

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

test("values of headers are nowhere in the page once they are saved", async () => {
  const host = await stage.host();
  const ann = await stage.signedIn(host);
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
  await ann.main.getByRole("link", { name: WORDS.edit }).click();
  await ann.field("headers").waitFor();
  expect(await ann.field("headers").inputValue()).toMatch(/^Authorization: •+$/i);
  expect(await ann.page.content()).not.toContain(secret);
});

test("for an address of Slack's, the message is shown as it is typed", async () => {
  const host = await stage.host();
  const ann = await stage.signedIn(host);
  // What is typed half way is refused, and that is shown.
  await ann.begin();
  await ann.fill({
    topics: "end_user.review_required",
    body: JSON.stringify({ text: "*{{ data.end_user_id }}* needs a review" }),
    url: `https://hooks.slack.com/services/T00000000/B00000000/${"X".repeat(24)}`,
  });
  const preview = ann.main.getByRole("complementary", { name: WORDS.preview });
  await ann.sees(WORDS.slack, preview);
  const message = preview.getByRole("figure", { name: WORDS.slack });
  await message.getByText("myenduser", { exact: true }).waitFor();
  expect(await message.textContent()).toContain("myenduser needs a review");
});
