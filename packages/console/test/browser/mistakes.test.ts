import { expect, test } from "vitest";
import { answered, UNREACHED } from "./faults.ts";
import { PATIENCE, Stage } from "./stage.ts";
import { type FieldName, type Fields, MARKS, WORDS } from "./words.ts";

const stage = Stage.set();

const RIGHT = {
  url: "https://example.com/hooks",
  topics: "invoice.paid",
  headers: "X-Table: invoices",
  body: '{ "amount": "{{ data.amount }}" }',
  description: "Bookkeeping",
} as const satisfies Fields;

const MISTAKES = [
  ["url", "not an address", /url/i],
  ["url", "http://169.254.169.254/latest", /169\.254|https|public/i],
  ["topics", "not a topic", /not a topic/],
  ["headers", "no colon here", /colon/],
  ["headers", "Host: elsewhere", /host/i],
  ["body", '{ "amount": ', /JSON/],
  ["body", '{ "amount": "{{ nothing.like.this }}" }', /nothing/],
] as const;

test("each mistake is told beside its field, and nothing that was typed is lost", async () => {
  const host = await stage.host();
  const ann = await stage.signedIn(host);
  ann.faults.expect(answered(400), answered(422));
  await ann.begin();
  for (const [name, wrong, why] of MISTAKES) {
    const typed: Record<keyof typeof RIGHT, string> = { ...RIGHT, [name]: wrong };
    await ann.fill(typed);
    await ann.submit();
    await ann.isWrong(name);
    await expect.poll(() => ann.saidOf(name), { timeout: PATIENCE }).toMatch(why);
    for (const field of Object.keys(RIGHT) as (keyof typeof RIGHT)[]) {
      expect(await ann.field(field).inputValue()).toBe(typed[field]);
      if (field !== name) expect(await ann.field(field).getAttribute("aria-invalid")).not.toBe("true");
    }
  }
  await ann.fill(RIGHT);
  await ann.submit();
  await ann.button(WORDS.test).waitFor();
});

test("what is missing and what is wrong is told at once, has the focus, and is told no more once it is changed", async () => {
  const host = await stage.host();
  const ann = await stage.signedIn(host);
  await ann.begin();
  await ann.fill({ headers: "no colon here", body: "{ " });
  await ann.submit();
  for (const name of ["url", "topics", "headers", "body"] as const) await ann.isWrong(name);
  const hasFocus = (): Promise<boolean> =>
    ann.field("url").evaluate((field) => field.ownerDocument.activeElement === field);
  await expect.poll(hasFocus, { timeout: PATIENCE }).toBe(true);
  await ann.fill({ ...RIGHT, body: "{ " });
  for (const name of ["url", "topics", "headers"] as const)
    await expect
      .poll(() => ann.field(name).getAttribute("aria-invalid"), { timeout: PATIENCE })
      .toBe("false");
  // Beside it is told why nothing can be shown, and nothing of what was wrong before.
  const preview = ann.main.getByRole("complementary", { name: WORDS.preview });
  await ann.sees(/not JSON/, preview);
  await ann.fill({ body: RIGHT.body });
  await preview.getByText(/not JSON/).waitFor({ state: "detached" });
});

test("while the server is away nothing is lost, and once it is back the same press makes the webhook", async () => {
  const host = await stage.host();
  const ann = await stage.signedIn(host);
  ann.faults.expect(UNREACHED);
  await ann.begin();
  await ann.fill(RIGHT);
  await host.gateway.close();
  await ann.submit();
  await ann.main.getByRole("alert").filter({ hasText: WORDS.unreached }).waitFor();
  for (const [name, text] of Object.entries(RIGHT))
    expect(await ann.field(name as FieldName).inputValue()).toBe(text);
  await host.gateway.open();
  await ann.submit();
  await ann.button(WORDS.test).waitFor();
  const { items } = await host.sender.for("acme").webhooks.list();
  expect(items.map(({ description }) => description)).toEqual([RIGHT.description]);
});

test("a lost connection is shown, mends itself, and what happened meanwhile is there", async () => {
  const [host, receiver] = [await stage.host(), await stage.receiver()];
  const acme = host.sender.for("acme");
  const { secret } = await acme.webhooks.create({ url: receiver.at("/hooks"), topics: ["**"] });
  receiver.secrets = [secret];
  const ann = await stage.signedIn(host);
  ann.faults.expect(UNREACHED);
  await ann.goTo("Deliveries");
  await ann.sees(WORDS.noDeliveries, ann.main);
  await host.gateway.close();
  await ann.isLost();
  await acme.emit("invoice.paid", { invoice: "in_1", amount: 1, currency: "EUR" });
  await expect.poll(() => receiver.received.length, { timeout: PATIENCE }).toBe(1);
  await host.gateway.open();
  await ann.isLive();
  await ann.showNew(MARKS.delivered);
});
