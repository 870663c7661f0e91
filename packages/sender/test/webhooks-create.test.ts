import { describe, expect, test } from "vitest";
import { createSender, memoryStore, type Sender, type WebhookInput } from "../src/index.ts";
import { createStartedSender, SECRET } from "./create-test-sender.ts";
import { storeFactories } from "./store-factories.ts";

const url = "https://example.com/hook";
const topics = ["invoice.*"];
const SLACK = "https://hooks.slack.com/services/T000/B000/abcdefghijklmnop";
const TRIGGER = "https://hooks.slack.com/triggers/T000/123/abcdefghijklmnop";

describe.each(storeFactories)("over %s", (_, open) => {
  test("omitted fields have defaults, and get() returns what create() did, without the secret", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { secret, ...webhook } = await sender.webhooks.create({ url, topics });
    expect(webhook).toEqual({
      id: expect.stringMatching(/^wbh_[0-9a-f]{24}$/),
      account: "default",
      url,
      topics,
      conditions: [],
      headers: {},
      format: "heron",
      enabled: true,
      disabledBy: null,
      failingSince: null,
      concurrency: 10,
      rateLimit: null,
      description: "",
      metadata: {},
      createdAt: expect.any(Number),
      auth: null,
    });
    expect(secret).toMatch(/^sec_[\w-]{43}$/);
    expect(await sender.webhooks.get(webhook.id)).toEqual(webhook);
    expect(await sender.webhooks.list()).toEqual({ data: [webhook], nextCursor: null });
    expect(await sender.webhooks.secrets(webhook.id)).toEqual([{ value: secret, expiresAt: null }]);
  });

  test("all fields are stored as given", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const said = {
      account: "acme",
      url: "https://example.com/hook?x=1",
      topics: ["a.b", "c.**", "*.failed", "a.b"],
      headers: { "X-One": "1" },
      template: { n: "{{ data.n }}", list: [null, 1.5] },
      concurrency: 3,
      rateLimit: 7,
      description: "for the accountants ☕",
      metadata: { region: "eu" },
    };
    const { id } = await sender.webhooks.create({ ...said, secret: SECRET });
    expect(await sender.webhooks.get(id)).toMatchObject({ ...said, topics: ["a.b", "c.**", "*.failed"] });
    expect(await sender.webhooks.secrets(id)).toEqual([{ value: SECRET, expiresAt: null }]);
  });

  test("the limit of webhooks applies per account", async () => {
    const { sender } = createStartedSender({ store: open(), maxWebhooks: 2 });
    await using _ = sender;
    const create = (account?: string): Promise<unknown> => sender.webhooks.create({ url, topics, account });
    const results = await Promise.allSettled([create(), create(), create()]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "rejected"]);
    await expect(create()).rejects.toMatchObject({ code: "limit_reached" });
    await create("other");
    const { data } = await sender.webhooks.list();
    expect(data.map(({ account }) => account).sort()).toEqual(["default", "default", "other"]);
  });
});

test("errors never quote a URL, header or secret", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  const getErrorMessage = async (parts: Partial<WebhookInput>): Promise<string> =>
    sender.webhooks.create({ url, topics, ...parts }).then(String, String);
  const messages = await Promise.all([
    getErrorMessage({ url: "https://me:hunter2@example.com/" }),
    getErrorMessage({ headers: { "x-key": "hunter2\n" } }),
    getErrorMessage({ secret: "hunter2" }),
    getErrorMessage({ auth: { token: "hunter2 and more" } }),
    getErrorMessage({ auth: { user: "a:b", password: "hunter2" } }),
  ]);
  for (const message of messages) expect(message).toMatch(/^HeronError(?!.*hunter2)/s);
});

test("http and loopback addresses need options", async () => {
  const sender = createSender({ store: memoryStore() });
  await using _ = sender;
  const create = (to: string): Promise<unknown> => sender.webhooks.create({ url: to, topics });
  await expect(create("http://example.com/")).rejects.toMatchObject({ code: "url_invalid" });
  await expect(create("https://127.0.0.1/")).rejects.toMatchObject({ code: "address_forbidden" });
  await expect(create("https://2130706433/")).rejects.toMatchObject({ code: "address_forbidden" });
  await create("https://93.184.216.34/");
});

test("Slack's webhooks are known by their URL, and get one message a second", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  const made = async (sent: Sender, input: Partial<WebhookInput>): Promise<unknown> => {
    const { format, rateLimit } = await sent.webhooks.create({ url, topics, ...input });
    return [format, rateLimit];
  };
  expect(await made(sender, { url: SLACK })).toEqual(["slack", 1]);
  expect(await made(sender, { url: TRIGGER })).toEqual(["slack-workflow", 1]);
  expect(await made(sender, { url: TRIGGER, format: "slack" })).toEqual(["slack-workflow", 1]);
  expect(await made(sender, { url, format: "slack" })).toEqual(["slack", 1]);
  expect(await made(sender, { url: SLACK, format: "heron" })).toEqual(["heron", null]);
  expect(await made(sender, { url: SLACK, rateLimit: 3 })).toEqual(["slack", 3]);
  expect(await made(sender, { url: SLACK, rateLimit: null })).toEqual(["slack", null]);
  expect(await made(sender, { url: `${SLACK}?x=1` })).toEqual(["heron", null]);
  await expect(
    sender.webhooks.create({ url: SLACK, topics, template: { channel: "#x" } }),
  ).rejects.toMatchObject({ code: "template_invalid" });
});

test.each([
  ["no topics", { topics: [] }, "option_invalid"],
  ["a bad pattern among good ones", { topics: ["a.b", "a.**.b"] }, "pattern_invalid"],
  ["51 patterns", { topics: Array.from({ length: 51 }, (_, n) => `a.b${n}`) }, "option_invalid"],
  ["no account", { account: "" }, "option_invalid"],
  ["an account of 256 characters", { account: "a".repeat(256) }, "option_invalid"],
  ["a URL that is none", { url: "example.com" }, "url_invalid"],
  ["a scheme that is not HTTP's", { url: "ftp://example.com/" }, "url_invalid"],
  ["a password in the URL", { url: "https://me:hunter2@example.com/" }, "url_invalid"],
  ["a private address", { url: "https://10.0.0.1/" }, "address_forbidden"],
  ["a private address in other digits", { url: "https://0xa9fea9fe/" }, "address_forbidden"],
  ["a private IPv6 address", { url: "https://[fd00::1]/" }, "address_forbidden"],
  ["an IPv4 address in IPv6's clothes", { url: "https://[::ffff:10.0.0.1]/" }, "address_forbidden"],
  ["a header with a line break", { headers: { "x-one": "1\r\nx-two: 2" } }, "header_invalid"],
  ["a header of the connection", { headers: { Host: "example.org" } }, "header_invalid"],
  ["a header of the signature", { headers: { "Webhook-Signature": "v1,x" } }, "header_invalid"],
  ["headers that are none", { headers: null }, "header_invalid"],
  ["headers that are a list", { headers: ["x-one"] }, "header_invalid"],
  ["a template that does not compile", { template: { a: "{{ data." } }, "template_invalid"],
  ["a template over 64 KiB", { template: { a: "x".repeat(70_000) } }, "template_invalid"],
  ["a secret of Standard Webhooks", { secret: `whsec_${"a".repeat(32)}` }, "secret_invalid"],
  ["a secret with white space", { secret: `${SECRET}\n` }, "secret_invalid"],
  ["a secret of 23 bytes", { secret: "x".repeat(23) }, "secret_invalid"],
  ["a secret of 501 bytes", { secret: "x".repeat(501) }, "secret_invalid"],
  ["a secret that is no text", { secret: 5 }, "secret_invalid"],
  ["an unknown format", { format: "teams" }, "option_invalid"],
  ["no concurrency", { concurrency: 0 }, "option_invalid"],
  ["half an attempt a second", { rateLimit: 0.5 }, "option_invalid"],
  ["a description of 1,001 characters", { description: "x".repeat(1001) }, "option_invalid"],
  ["metadata that is no text", { metadata: { n: 1 } }, "option_invalid"],
  ["a value of metadata of 501 characters", { metadata: { a: "x".repeat(501) } }, "option_invalid"],
  [
    "51 names of metadata",
    { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ""])) },
    "option_invalid",
  ],
  ["metadata that is a list", { metadata: ["eu"] }, "option_invalid"],
])("%s is rejected, and nothing is stored", async (_, parts, code) => {
  const store = memoryStore();
  const { sender } = createStartedSender({ store });
  await using _sender = sender;
  const input = { url, topics, ...parts } as WebhookInput;
  await expect(sender.webhooks.create(input)).rejects.toMatchObject({ name: "HeronError", code });
  expect((await store.webhooks.list({}, {})).data).toEqual([]);
});
