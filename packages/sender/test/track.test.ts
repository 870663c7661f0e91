import { expect, test } from "vitest";
import { toTrackTopic } from "../src/events/track.ts";
import { memoryStore } from "../src/index.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";

const topics = { "invoice.paid": { example: { amount: 1 }, schema: { required: ["amount"] } } };

test.each([
  ["Send Email", "track.send_email"],
  ["sendEmail", "track.send_email"],
  ["Checkout: step 2 / pay", "track.checkout_step_2_pay"],
  ["Größe café", "track.gro_e_cafe"],
  ["  ", "track.unnamed"],
  ["🐦", "track.unnamed"],
  [`${"a".repeat(121)} b`, `track.${"a".repeat(121)}`],
])("%j has the topic %s", (name, topic) => {
  expect(toTrackTopic(name)).toBe(topic);
});

test("tracked events are delivered like others, with the user's properties", async () => {
  await using sink = await RecordingServer.open();
  const { sender } = createStartedSender({ topics });
  await using _ = sender;
  const template = { name: "{{ data.event }}", kinds: "{{ data.kinds }}", plan: "{{ user.plan }}" };
  await sender.webhooks.create({ account: "acme", url: sink.url, topics: ["track.*"], template });
  await sender.users.addProperties("ann", { plan: "pro" }, { account: "acme" });
  const acme = sender.forAccount("acme");
  await acme.track("Sign Up", { user: "ann", properties: { kinds: ["a", "b"] }, idempotencyKey: "1" });
  expect(await acme.track("Sign Up", { user: "ann", idempotencyKey: "1" })).toMatchObject({
    duplicate: true,
  });
  await waitForState(sender, "delivered");
  expect(sink.requests.map((request) => JSON.parse(request.body.toString()))).toEqual([
    { name: "Sign Up", kinds: "a||b", plan: "pro" },
  ]);
  await expect(sender.track("invoice.paid", { properties: { paid: 1 } })).rejects.toMatchObject({
    code: "schema_mismatch",
  });
  expect(await sender.track("invoice.paid", { properties: { amount: 1 } })).toMatchObject({
    duplicate: false,
  });
});

test("trackAll() emits all or none if one is invalid; the store rejects single events", async () => {
  const { sender } = createStartedSender({ topics, store: memoryStore({ maxPending: 2 }) });
  await using _ = sender;
  await sender.webhooks.create({ url: "https://example.com/", topics: ["**"] });
  await sender.accounts.disable("default");
  const one = { name: "Buy", properties: { n: 1 } };
  await expect(sender.trackAll([one, { name: "invoice.paid" }, { name: "" }])).rejects.toMatchObject({
    code: "schema_mismatch",
    cause: { index: 1 },
  });
  expect((await sender.deliveries.list()).data).toEqual([]);
  expect(await sender.trackAll([one, one, one])).toMatchObject([
    { deliveryCount: 1 },
    { deliveryCount: 1 },
    { error: { code: "limit_reached" } },
  ]);
});

test("only the event whose derived events are too large is rejected", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  for (let n = 0; n < 20; n++) await sender.labels.create({ name: `l_${n}`, pattern: "track.*" });
  const long = Array.from({ length: 60 }, (_, n) => [`p${n}`, "x".repeat(1000)]);
  const published = await sender.trackAll([
    { name: "Buy" },
    { name: "Buy", properties: Object.fromEntries(long) },
    { name: "Buy" },
  ]);
  expect(published).toMatchObject([
    { duplicate: false },
    { error: { code: "event_too_large" } },
    { duplicate: false },
  ]);
});

test.each([
  ["no name", "", {}, "invalid_event"],
  ["a name that is too long", "x".repeat(1025), {}, "invalid_event"],
  ["a property that is an object", "Buy", { properties: { a: {} } }, "properties_invalid"],
  ["a key that is empty", "Buy", { idempotencyKey: "" }, "option_invalid"],
  ["an option that there is not", "Buy", { id: "1" }, "option_invalid"],
])("%s is refused", async (_, name, options, code) => {
  const { sender } = createStartedSender();
  await using __ = sender;
  await expect(sender.track(name, options as object)).rejects.toMatchObject({ code });
});
