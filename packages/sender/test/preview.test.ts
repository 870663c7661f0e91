import { afterEach, beforeEach, expect, test } from "vitest";
import type { Sender } from "../src/index.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";

let sender: Sender;
let sink: RecordingServer;
beforeEach(async () => {
  sink = await RecordingServer.open();
  ({ sender } = createStartedSender({
    topics: { "invoice.paid": { example: { amount: 12.5 } }, "invoice.void": { example: {} } },
  }));
});
afterEach(async () => {
  await sender.close();
  await sink[Symbol.asyncDispose]();
});

const body = { paid: "{{ data.amount }}", plan: '{{ user.plan ?? "free" }}' };

test("preview() of a new webhook returns its request and sends nothing", async () => {
  const shown = await sender.webhooks.preview({
    url: sink.url,
    topics: ["invoice.*"],
    template: body,
    headers: { "x-env": "live" },
  });
  expect(shown).toMatchObject({ topic: "invoice.paid", body: '{"paid":12.5,"plan":"free"}' });
  expect(shown.headers).toMatchObject({ "x-env": "live", "content-type": "application/json" });
  expect(JSON.parse(shown.event)).toMatchObject({
    topic: "invoice.paid",
    data: { amount: 12.5 },
    meta: { test: true },
  });
  expect(sink.requests).toEqual([]);
  expect((await sender.webhooks.list()).data).toEqual([]);
});

test("preview() of a delivery has its event, and current properties of a given user", async () => {
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.users.addProperties("u", { plan: "pro" });
  await sender.emit("invoice.paid", { amount: 99 });
  const [delivery = ""] = await waitForState(sender, "delivered");
  const input = { url: sink.url, topics: ["**"], template: body };
  expect(await sender.webhooks.preview(input, { delivery, user: "u" })).toMatchObject({
    topic: "invoice.paid",
    body: '{"paid":99,"plan":"pro"}',
  });
  const { headers } = await sender.webhooks.preview(input, { delivery });
  expect(headers["webhook-id"]).toBe(delivery);
  await expect(sender.forAccount("other").webhooks.preview(input, { delivery })).rejects.toMatchObject({
    code: "delivery_not_found",
  });
});

test("preview() of a delivery has the user's properties at publish time", async () => {
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.users.addProperties("u", { plan: "pro" });
  await sender.emit("invoice.paid", { amount: 99 }, { user: "u" });
  await sender.users.addProperties("u", { plan: "free" });
  const [delivery = ""] = await waitForState(sender, "delivered");
  const input = { url: sink.url, topics: ["**"], template: body };
  expect((await sender.webhooks.preview(input, { delivery })).body).toBe('{"paid":99,"plan":"pro"}');
});

test.each([
  ["a template that cannot be used", { template: { a: "{{ nowhere.b }}" } }, {}, "template_invalid"],
  ["a URL that cannot be reached", { url: "https://169.254.169.254/" }, {}, "address_forbidden"],
  ["a topic that there is not", {}, { topic: "invoice.lost" }, "topic_unknown"],
  ["an option that there is not", {}, { event: "evt_1" }, "option_invalid"],
])("%s is rejected as it would be later", async (_, parts, options, code) => {
  const input = { url: sink.url, topics: ["**"], ...parts };
  await expect(sender.webhooks.preview(input, options as object)).rejects.toMatchObject({ code });
});
