import { expect, test } from "vitest";
import { Stage } from "./stage.ts";
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

test("as Heap has it: an address, headers, a body of constants and properties, and several events", async () => {
  const [host, receiver] = [await stage.host(), await stage.receiver()];
  const acme = host.sender.for("acme");
  await acme.users.addProperties("ann@example.com", { plan: "pro" });
  const ann = await stage.signedIn(host);
  await ann.addWebhook({
    url: receiver.at("/rows"),
    headers: "Authorization: Basic dXNlcjpwYXNz\nX-Table: invoices",
    body: JSON.stringify({
      source: "heron",
      invoice: { amount: "{{ data.amount }}", currency: "{{ data.currency }}" },
      plan: "{{ user.plan }}",
    }),
    topics: "invoice.paid\ninvoice.overdue",
    description: "Rows for the data lake",
  });
  receiver.secrets = await ann.secrets();
  await acme.emit(
    "invoice.paid",
    { invoice: "in_1", amount: 12.5, currency: "EUR" },
    { user: "ann@example.com" },
  );
  await ann.showNew();
  await ann.openDelivery(MARKS.delivered);

  const [row] = receiver.received;
  expect(row?.body).toEqual({ source: "heron", invoice: { amount: 12.5, currency: "EUR" }, plan: "pro" });
  expect(row?.headers).toMatchObject({ authorization: "Basic dXNlcjpwYXNz", "x-table": "invoices" });
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
