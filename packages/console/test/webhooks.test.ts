import { HeronError } from "@heron-webhooks/core";
import { memoryStore } from "@heron-webhooks/sender";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { API_KEYS, TestConsole } from "./test-console.ts";

const MASK = "••••••••";
const SLACK = "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";

let testConsole: TestConsole;
beforeEach(async () => {
  testConsole = await TestConsole.open();
});
afterEach(() => testConsole.close());

test("a webhook is created as in Heron's API, and its secret returned once", async () => {
  const { status, headers, body } = await testConsole.call("POST", "/webhooks", {
    topic: "end_user.*",
    url: "https://example.com/heron",
    is_enabled: true,
    headers: { "X-Env": "live" },
  });
  expect(status).toBe(201);
  expect(body.secret).toMatch(/^sec_/);
  expect(headers.get("location")).toBe(`webhooks/${body.webhook.heron_id}`);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(body.webhook).toMatchObject({
    heron_id: expect.stringMatching(/^wbh_/),
    topic: "end_user.*",
    topics: ["end_user.*"],
    url: "https://example.com/heron",
    is_enabled: true,
    headers: { "X-Env": MASK },
    account: "ann",
  });
  expect(JSON.stringify((await testConsole.call("GET", "/webhooks")).body)).not.toContain(body.secret);
});

test("webhooks are listed in pages", async () => {
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push(await testConsole.createWebhook());
  const first = await testConsole.call("GET", "/webhooks?limit=3");
  const rest = await testConsole.call("GET", `/webhooks?limit=3&cursor=${first.body.next_cursor}`);
  expect(rest.body.next_cursor).toBeNull();
  expect([...first.body.webhooks, ...rest.body.webhooks].map(({ heron_id }) => heron_id)).toEqual(ids);
});

describe("an update", () => {
  test("keeps other fields and masked values", async () => {
    const id = await testConsole.createWebhook({
      headers: { "X-Key": "hidden", "X-Env": "live" },
      description: "mine",
    });
    const { status, body } = await testConsole.call("PUT", `/webhooks/${id}`, {
      headers: { "x-key": MASK, "X-New": "new" },
    });
    expect(status).toBe(200);
    expect(body.webhook).toMatchObject({ description: "mine", topics: ["invoice.paid"] });
    expect((await testConsole.sender.webhooks.get(id)).headers).toEqual({
      "x-key": "hidden",
      "X-New": "new",
    });
  });

  test("of a Slack webhook keeps the masked path", async () => {
    const id = await testConsole.createWebhook({ url: SLACK });
    const before = await testConsole.call("GET", `/webhooks/${id}`);
    expect(before.body.webhook).toMatchObject({ url: `https://hooks.slack.com/${MASK}`, format: "slack" });
    await testConsole.call("PUT", `/webhooks/${id}`, {
      url: before.body.webhook.url,
      description: "to #risk",
    });
    expect(await testConsole.sender.webhooks.get(id)).toMatchObject({ url: SLACK, description: "to #risk" });
  });

  test("disables and enables", async () => {
    const id = await testConsole.createWebhook();
    const off = await testConsole.call("PUT", `/webhooks/${id}`, { is_enabled: false });
    expect(off.body.webhook).toMatchObject({ is_enabled: false, disabled_by: "owner" });
    expect((await testConsole.call("GET", `/webhooks/${id}/pauses`)).body.pauses).toEqual([
      { reason: "disabled", scope: "webhook", remaining_ms: null },
    ]);
    const on = await testConsole.call("PUT", `/webhooks/${id}`, { is_enabled: true });
    expect(on.body.webhook).toMatchObject({ is_enabled: true, disabled_by: null });
  });

  test("with a mask of an unknown header is rejected", async () => {
    const id = await testConsole.createWebhook();
    const { status, body } = await testConsole.call("PUT", `/webhooks/${id}`, {
      headers: { "x-none": MASK },
    });
    expect([status, body.errors[0].pointer]).toEqual([400, "/headers"]);
  });
});

test("a deleted webhook is not found", async () => {
  const id = await testConsole.createWebhook();
  expect((await testConsole.call("DELETE", `/webhooks/${id}`)).status).toBe(204);
  const { status, body } = await testConsole.call("GET", `/webhooks/${id}`);
  expect([status, body]).toEqual([
    404,
    { code: 404, name: "Not Found", description: expect.any(String), reason: "webhook_not_found" },
  ]);
});

test("after a rotation both secrets are listed while both are valid", async () => {
  const id = await testConsole.createWebhook();
  const { body } = await testConsole.call("POST", `/webhooks/${id}/rotate`, { overlap: "1h" });
  const { secrets } = (await testConsole.call("GET", `/webhooks/${id}/secrets`)).body;
  expect(secrets).toHaveLength(2);
  expect(secrets.map(({ secret }: { secret: string }) => secret)).toContain(body.secret);
  expect(secrets[0].standard).toMatch(/^whsec_/);
});

describe("invalid input", () => {
  test.each([
    ["an unknown field", { url: "https://a.example", topic: "a.b", colour: "red" }, "/colour"],
    ["no URL", { topic: "a.b" }, "/url"],
    ["an unsupported URL scheme", { url: "ftp://a.example", topic: "a.b" }, "/url"],
    ["a forbidden address", { url: "https://169.254.169.254/", topic: "a.b" }, "/url"],
    ["an invalid pattern", { url: "https://a.example", topics: ["a.b", "A B"] }, "/topics"],
    ["a forbidden header", { url: "https://a.example", topic: "a.b", headers: { host: "x" } }, "/headers"],
    [
      "an invalid template",
      { url: "https://a.example", topic: "a.b", template: { a: "{{ nowhere.b }}" } },
      "/template",
    ],
    ["a short secret", { url: "https://a.example", topic: "a.b", secret: "short" }, "/secret"],
    ["an invalid rate limit", { url: "https://a.example", topic: "a.b", rate_limit: 0 }, "/rate_limit"],
  ])("%s is reported with its pointer, and nothing is created", async (_, body, pointer) => {
    const response = await testConsole.call("POST", "/webhooks", body);
    expect([response.status, response.body.code]).toEqual([400, 400]);
    expect(response.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await testConsole.call("GET", "/webhooks")).body.webhooks).toEqual([]);
  });

  test.each([
    ["not JSON", "{", "application/json", 400],
    ["not UTF-8", Buffer.from([0xff]).toString("latin1"), "application/json", 400],
    ["a form", "url=x", "application/x-www-form-urlencoded", 415],
    ["of 600 KiB", JSON.stringify({ description: "x".repeat(600 * 1024) }), "application/json", 413],
  ])("a body that is %s is rejected", async (_, body, type, status) => {
    const response = await testConsole.call("POST", "/webhooks", body, { headers: { "content-type": type } });
    expect(response.status).toBe(status);
  });

  test("unknown and invalid query parameters are reported", async () => {
    const { status, body } = await testConsole.call("GET", "/webhooks?limit=many&sort=up");
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(["?limit", "?sort"]);
  });

  test("405 lists the allowed methods", async () => {
    const { status, headers } = await testConsole.call("PATCH", "/webhooks/wbh_1");
    expect([status, headers.get("allow")]).toEqual([405, "GET, PUT, DELETE"]);
    expect((await testConsole.call("GET", "/nothing")).status).toBe(404);
  });
});

test("an idempotency key repeats the first response and rejects another request", async () => {
  const body = { url: "https://example.com/", topic: "a.b" };
  const headers = { "idempotency-key": "k1" };
  const [first, second] = [
    await testConsole.call("POST", "/webhooks", body, { headers }),
    await testConsole.call("POST", "/webhooks", body, { headers }),
  ];
  expect(second.body).toEqual(first.body);
  expect((await testConsole.call("GET", "/webhooks")).body.webhooks).toHaveLength(1);
  expect((await testConsole.call("POST", "/webhooks", { ...body, topic: "c.d" }, { headers })).status).toBe(
    409,
  );
  const otherAccount = await testConsole.call("POST", "/webhooks", body, { headers, key: API_KEYS.bob });
  expect(otherAccount.body.webhook.account).toBe("bob");
});

test("requests over the rate limit are rejected with the reset time", async () => {
  const limited = await TestConsole.open({ rateLimit: 2 });
  try {
    expect((await limited.call("GET", "/webhooks")).headers.get("x-ratelimit-remaining")).toBe("1");
    await limited.call("GET", "/webhooks");
    const { status, headers, body } = await limited.call("GET", "/webhooks");
    expect([status, body.name, body.description]).toEqual([
      429,
      "Too Many Requests",
      "Rate limit exceeded: 2 requests per minute.",
    ]);
    expect(Number(headers.get("x-ratelimit-reset"))).toBeGreaterThan(limited.clock.now() / 1000);
    expect((await limited.call("GET", "/webhooks", undefined, { key: API_KEYS.bob })).status).toBe(200);
    await limited.clock.advance(60_000);
    expect((await limited.call("GET", "/webhooks")).status).toBe(200);
  } finally {
    await limited.close();
  }
});

describe("a preview", () => {
  test("keeps the format of an unchanged URL", async () => {
    const id = await testConsole.createWebhook({ url: "https://slack-stand-in.example/", format: "slack" });
    const ask = async (url: string): Promise<object> => {
      const webhook = { url, topic: "invoice.paid" };
      const { body } = await testConsole.call("POST", "/webhooks/preview", { webhook, id });
      return JSON.parse(body.body);
    };
    expect(await ask("https://slack-stand-in.example/")).toHaveProperty("blocks");
    expect(await ask("https://elsewhere.example/")).toHaveProperty("topic");
  });

  const template = { paid: "{{ data.amount }}" };

  test("returns the request and creates nothing", async () => {
    const webhook = {
      url: "https://example.com/",
      topic: "invoice.*",
      template,
      headers: { "X-Key": "hidden" },
    };
    const response = await testConsole.call("POST", "/webhooks/preview", { webhook });
    expect(response.body).toMatchObject({
      topic: "invoice.paid",
      body: '{"paid":12.5}',
      headers: { "X-Key": MASK, "content-type": "application/json" },
    });
    expect((await testConsole.call("GET", "/webhooks")).body.webhooks).toEqual([]);
  });

  test("resolves masked values and does not reveal them", async () => {
    const id = await testConsole.createWebhook({ url: SLACK, headers: { "X-Key": "hidden" } });
    const { webhook: before } = (await testConsole.call("GET", `/webhooks/${id}`)).body;
    const webhook = { url: before.url, topics: before.topics, headers: before.headers };
    const { status, body: shown } = await testConsole.call("POST", "/webhooks/preview", { webhook, id });
    expect(status).toBe(200);
    expect(JSON.parse(shown.body)).toHaveProperty("blocks");
    expect(JSON.stringify(shown)).not.toMatch(/hidden|XXXX/);
  });

  test("keeps the Slack format of a webhook only for its own URL", async () => {
    const url = "https://chat.example.com/hooks";
    const id = await testConsole.createWebhook({ url, topics: ["invoice.*"], format: "slack" });
    const ask = async (to: string): Promise<object> =>
      JSON.parse(
        (
          await testConsole.call("POST", "/webhooks/preview", {
            id,
            webhook: { url: to, topic: "invoice.*" },
          })
        ).body.body,
      );
    expect(await ask(url)).toHaveProperty("blocks");
    expect(await ask("https://example.com/other")).not.toHaveProperty("blocks");
  });

  test("reports a template error with its pointer", async () => {
    const webhook = { url: "https://example.com/", topic: "a.b", template: { a: "{{ nowhere }}" } };
    const { status, body: problem } = await testConsole.call("POST", "/webhooks/preview", { webhook });
    expect([status, problem.errors[0].pointer]).toEqual([400, "/template"]);
  });
});

test("deliveries are filtered by status, and Heron's words are aliases", async () => {
  const id = await testConsole.createWebhook();
  await testConsole.sender.forAccount("ann").emit("invoice.paid", {});
  await testConsole.call("PUT", `/webhooks/${id}`, { is_enabled: false });
  const { body } = await testConsole.call("GET", "/webhooks/deliveries?status=pending");
  expect(body.deliveries).toMatchObject([
    {
      status: "pending",
      waiting_for: { kind: "pause", reason: "disabled", scope: "webhook", remaining_ms: null },
    },
  ]);
  for (const status of ["delivered", "dead", "sent", "failed"]) {
    const { status: code, body } = await testConsole.call("GET", `/webhooks/deliveries?status=${status}`);
    expect([code, body.deliveries]).toEqual([200, []]);
  }
  expect((await testConsole.call("GET", "/webhooks/deliveries?status=lost")).status).toBe(400);
});

test("an unreachable store is logged but not described in the response", async () => {
  await testConsole.close();
  const store = memoryStore();
  const message = "PostgreSQL (heron) gave no answer within 10000 ms (timeoutMs).";
  store.webhooks.list = () => Promise.reject(new HeronError("store_unavailable", message));
  const warnings: unknown[] = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warnings.push(fields) };
  testConsole = await TestConsole.open({ store, logger });
  const { status, headers, body } = await testConsole.call("GET", "/webhooks");
  expect([status, headers.get("retry-after"), body.reason]).toEqual([503, "5", "store_unavailable"]);
  expect(JSON.stringify(body)).not.toMatch(/PostgreSQL|timeoutMs/);
  expect(warnings).toMatchObject([{ err: { message } }]);
});
