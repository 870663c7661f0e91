import { createRequire } from "node:module";
import { memoryStore } from "@heron-webhooks/sender";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HeapRateLimits } from "../src/heap/heap-rate-limits.ts";
import { MOUNTS } from "./mounts.ts";
import { type ApiResponse, TestConsole, TOPICS } from "./test-console.ts";

/** Heap's own client, version 1.0.1, which has no types. */
interface HeapClient {
  track(event: string, identity: string, properties?: object): Promise<boolean>;
  addUserProperties(identity: string, properties: object): Promise<boolean>;
}

const require = createRequire(import.meta.url);

/** Heap's own client, whose hard-coded host is redirected. */
function heapClient(key: string, api: string): HeapClient {
  const heap = require("heap-api") as (appId: string, options: object) => HeapClient;
  const { _request } = require("heap-api/lib/client.js").prototype;
  return heap(key, {
    _request(options: { url: string }, callback: unknown) {
      options.url = options.url.replace("https://heapanalytics.com/api", api);
      return _request.call(this, options, callback);
    },
  });
}

let testConsole: TestConsole;
let app_id: string;

async function open(options: Parameters<typeof TestConsole.open>[0] = {}): Promise<void> {
  testConsole = await TestConsole.open({ heapApi: true, ...options });
  ({ key: app_id } = await testConsole.sender.writeKeys.create({ account: "ann" }));
  await testConsole.sender.webhooks.create({ account: "ann", url: "https://example.com/", topics: ["**"] });
}

beforeEach(() => open());
afterEach(() => testConsole.close());

function post(path: string, body: unknown): Promise<ApiResponse> {
  return testConsole.call("POST", path, body, { key: null });
}

/** Emitted events, oldest first. */
async function events(): Promise<readonly { topic: string; data: unknown; created: string; id: string }[]> {
  const { data } = await testConsole.sender.forAccount("ann").deliveries.list();
  const logs = await Promise.all(data.map(({ id }) => testConsole.sender.deliveries.get(id)));
  return logs.reverse().map(({ body }) => JSON.parse(body));
}

describe.each(Object.entries(MOUNTS))("in %s", (_, mount) => {
  test("Heap's own client tracks and adds properties", async () => {
    await testConsole.close();
    await open({ mount });
    const client = heapClient(app_id, `${testConsole.origin}/heron/api`);
    expect(await client.addUserProperties("alice@example.com", { plan: "pro", seats: 3 })).toBe(true);
    expect(await client.track("Send Transactional Email", "alice@example.com", { subject: "Welcome" })).toBe(
      true,
    );
    expect(await events()).toMatchObject([
      {
        topic: "track.send_transactional_email",
        data: { event: "Send Transactional Email", subject: "Welcome" },
      },
    ]);
    expect(await testConsole.sender.forAccount("ann").users.get("alice@example.com")).toEqual({
      plan: "pro",
      seats: 3,
    });
    const unknownClient = heapClient("app_nobody", `${testConsole.origin}/heron/api`);
    await expect(unknownClient.track("Send", "bob", {})).rejects.toThrow(
      /error 401: app_id is not a valid write key/,
    );
  });
});

test("a plain web request works like the raw-bytes path", async () => {
  const body = JSON.stringify({ app_id, event: "Sign Up", user_id: "42" });
  const request = new Request("http://host/api/track", { method: "POST", body });
  const response = await testConsole.console.fetch(request);
  expect([response.status, await response.json()]).toEqual([200, { accepted: 1 }]);
  expect(response.headers.get("x-ratelimit-remaining")).toBe("29");
  const rejected = await testConsole.console.fetch(
    new Request("http://host/api/track", { method: "POST", body: "{" }),
  );
  expect([rejected.status, await rejected.text()]).toEqual([
    400,
    expect.stringMatching(/^The body is not valid UTF-8 JSON/),
  ]);
});

test("an event of the catalogue keeps its topic, any other gets a track topic", async () => {
  const names = ["invoice.paid", "Größe geändert", "sendEmail", "🐦", "a".repeat(300)];
  for (const [i, event] of names.entries())
    expect(
      await post("/track", { app_id, event, identity: `u${i}`, properties: { amount: 5 } }),
    ).toMatchObject({
      status: 200,
    });
  expect((await events()).map(({ topic, data }) => [topic, data])).toEqual([
    ["invoice.paid", { amount: 5 }],
    ["track.gro_e_geandert", { event: "Größe geändert", amount: 5 }],
    ["track.send_email", { event: "sendEmail", amount: 5 }],
    ["track.unnamed", { event: "🐦", amount: 5 }],
    [`track.${"a".repeat(122)}`, { event: "a".repeat(300), amount: 5 }],
  ]);
});

test("lists are joined and truncated, timestamps kept, and repeated idempotency keys ignored", async () => {
  const event = {
    app_id,
    event: "Buy",
    identity: "alice",
    timestamp: "2017-03-10T22:21:56+00:00",
    properties: { flavors: ["vanilla", "chocolate", 3], long: Array(600).fill("ab"), event: "mine" },
    idempotency_key: "key-1",
  };
  expect((await post("/track", event)).body).toEqual({ accepted: 1 });
  expect((await post("/track", { ...event, properties: { other: 1 } })).body).toEqual({ accepted: 1 });
  await post("/track", { app_id, event: "Buy", identity: "alice", timestamp: 1_489_184_516_000 });
  const [first, second, ...remaining] = await events();
  expect(remaining).toEqual([]);
  expect(first?.created).toBe("2017-03-10T22:21:56+00:00");
  expect(second?.created).toBe("2017-03-10T22:21:56+00:00");
  expect(first?.data).toMatchObject({ event: "Buy", flavors: "vanilla||chocolate||3" });
  expect((first as { data: { long: string } }).data.long).toHaveLength(1024);
});

test("bulk requests are atomic, and errors name the item", async () => {
  const item = { event: "Buy", identity: "alice" };
  expect((await post("/track", { app_id, events: [item, { ...item, identity: "bob" }] })).body).toEqual({
    accepted: 2,
  });
  const invalidRequests = [
    [{ app_id, events: [item, { event: "Buy" }] }, "/events/1 must have either identity or user_id"],
    [{ app_id, events: [item, { ...item, user_id: "1" }] }, "/events/1 must have either identity or user_id"],
    [{ app_id, events: [item, { ...item, properties: { a: {} } }] }, "/events/1/properties"],
    [{ app_id, events: [item, { ...item, timestamp: "soon" }] }, "/events/1/timestamp "],
    [{ app_id, ...item, timestamp: "1" }, "/timestamp "],
    [{ app_id, ...item, timestamp: 8.64e15 }, "/timestamp "],
    [{ app_id, events: [item, { ...item, colour: 1 }] }, "/events/1/colour is not a known field"],
    [{ app_id, events: [] }, "/events must have at least 1 item"],
    [{ app_id, events: Array(1001).fill(item) }, "/events must have at most 1000 items"],
    [{ app_id, ...item, identity: "" }, "/identity must have at least 1 character"],
    [{ app_id, ...item, identity: "x".repeat(256) }, "/identity must have at most 255 characters"],
    [{ app_id, event: "Buy", user_id: "9007199254740993x" }, "/user_id"],
    [{ app_id, event: "Buy", user_id: "9007199254740993" }, "/user_id must be at most 9007199254740991"],
    [{ app_id, events: [item, { event: "Buy", user_id: 2 ** 53 }] }, "/events/1/user_id"],
    [{ app_id, ...item, event: "" }, "/event must have at least 1 character"],
    [{ ...item }, "/app_id is required"],
    [[], "/ must be object"],
  ] as const;
  for (const [body, message] of invalidRequests) {
    const response = await post("/track", body);
    expect([response.status, response.body]).toEqual([400, expect.stringContaining(message)]);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  }
  expect(await events()).toHaveLength(2);
  const users = {
    app_id,
    users: [
      { identity: "a", properties: { x: 1 } },
      { user_id: 7, properties: { x: 2 } },
    ],
  };
  expect((await post("/add_user_properties", users)).body).toEqual({ accepted: 2 });
  expect(await testConsole.sender.forAccount("ann").users.get("user_id:7")).toEqual({ x: 2 });
  const response = await post("/add_user_properties", { app_id, identity: "a", properties: { ID: 1 } });
  expect([response.status, response.body]).toEqual([
    400,
    expect.stringMatching(/^\/properties .*\bid is reserved/),
  ]);
  const partlyInvalid = {
    app_id,
    users: [
      { identity: "b", properties: { x: 1 } },
      { identity: "c", properties: { Id: 1 } },
    ],
  };
  expect((await post("/add_user_properties", partlyInvalid)).body).toMatch(/^\/users\/1\/properties /);
  expect(await testConsole.sender.forAccount("ann").users.get("b")).toBeNull();
});

test("tracked events are validated against the schema of the catalogue", async () => {
  await testConsole.close();
  const schema = { type: "object", properties: { amount: { type: "number" } } } as const;
  await open({ topics: { ...TOPICS, "invoice.paid": { example: { amount: 1 }, schema } } as never });
  const response = await post("/track", {
    app_id,
    events: [
      { event: "invoice.paid", identity: "a", properties: { amount: 1 } },
      { event: "invoice.paid", identity: "a", properties: { amount: "much" } },
    ],
  });
  expect([response.status, response.body]).toEqual([400, expect.stringMatching(/^\/events\/1\/properties /)]);
  expect(await events()).toEqual([]);
});

describe("a write key", () => {
  test("only works for the Heap-compatible API, and nothing else works there", async () => {
    for (const path of ["/webhooks", "/write-keys", "/labels"])
      expect((await testConsole.call("GET", path, undefined, { key: app_id })).status).toBe(401);
    for (const other of ["ann", "key_ann_0123456789abcdef0123", `${app_id}x`, app_id.toUpperCase()])
      expect((await post("/track", { app_id: other, event: "Buy", identity: "a" })).status).toBe(401);
    expect(await events()).toEqual([]);
  });

  test("is created, returned once and revoked at once over the API", async () => {
    const created = await testConsole.call("POST", "/write-keys", { description: "shop" });
    expect(created.status).toBe(201);
    expect(created.headers.get("cache-control")).toBe("no-store");
    const { key, write_key } = created.body;
    expect(write_key).toEqual({
      heron_id: expect.stringMatching(/^wky_/),
      hint: key.slice(-4),
      description: "shop",
      created: expect.any(String),
    });
    const listed = await testConsole.call("GET", "/write-keys");
    expect(listed.body.write_keys).toHaveLength(2);
    expect(JSON.stringify(listed.body)).not.toContain(key);
    const event = { app_id: key, event: "Buy", identity: "a" };
    expect((await post("/track", event)).status).toBe(200);
    expect((await testConsole.call("DELETE", `/write-keys/${write_key.heron_id}`)).status).toBe(204);
    expect((await post("/track", event)).status).toBe(401);
  });

  test("that another process revokes is rejected after five seconds", async () => {
    const event = { app_id, event: "Buy", identity: "a" };
    expect((await post("/track", event)).status).toBe(200);
    const [key] = await testConsole.sender.forAccount("ann").writeKeys.list();
    await testConsole.sender.forAccount("ann").writeKeys.delete(key?.id ?? "");
    await testConsole.clock.advance(5000);
    expect((await post("/track", event)).status).toBe(401);
  });
});

test("an invalid user is reported with its pointer", async () => {
  const response = await post("/track", { app_id, event: "Buy", identity: "a\0" });
  expect([response.status, response.body]).toEqual([
    400,
    expect.stringMatching(/^\/identity Invalid properties: /),
  ]);
  const users = [{ identity: "\ud800", properties: {} }];
  const bulkResponse = await post("/add_user_properties", { app_id, users });
  expect([bulkResponse.status, bulkResponse.body]).toEqual([
    400,
    expect.stringMatching(/^\/users\/0\/identity Invalid properties: /),
  ]);
});

describe("Heap's limits", () => {
  const event = { event: "Buy", identity: "a" };

  test("apply to single requests per user in 30 seconds", async () => {
    for (let n = 0; n < 30; n++) expect((await post("/track", { app_id, ...event })).status).toBe(200);
    const over = await post("/track", { app_id, ...event });
    expect([over.status, over.headers.get("x-ratelimit-remaining")]).toEqual([429, "0"]);
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await post("/track", { app_id, ...event, identity: "b" })).status).toBe(200);
    await testConsole.clock.advance(30_000);
    expect((await post("/track", { app_id, ...event })).status).toBe(200);
  });

  test("apply to bulk requests per user and per key in a minute", async () => {
    const users = (n: number): object[] =>
      Array.from({ length: n }, (_, i) => ({ ...event, identity: `u${i}` }));
    expect((await post("/track", { app_id, events: Array(1000).fill(event) })).status).toBe(200);
    expect((await post("/track", { app_id, events: [event] })).status).toBe(429);
    for (let n = 0; n < 14; n++)
      expect((await post("/track", { app_id, events: users(1000) })).status).toBe(200);
    expect((await post("/track", { app_id, events: users(1) })).status).toBe(429);
    await testConsole.clock.advance(60_000);
    expect((await post("/track", { app_id, events: users(1) })).status).toBe(200);
  });

  test("are not reset for a user whose name collides with another counter", async () => {
    expect((await post("/track", { app_id, events: Array(1000).fill(event) })).status).toBe(200);
    expect((await post("/track", { app_id, ...event, identity: "\na" })).status).toBe(200);
    expect((await post("/track", { app_id, events: [event] })).status).toBe(429);
  });

  test("can be disabled", async () => {
    await testConsole.close();
    await open({ heapApi: { limits: false } });
    for (let n = 0; n < 40; n++) expect((await post("/track", { app_id, ...event })).status).toBe(200);
  });
});

test("at the pending limit, rejected events are reported and the others stored", async () => {
  await testConsole.close();
  await open({ store: memoryStore({ maxPending: 2 }) });
  const event = { event: "Buy", identity: "a" };
  const response = await post("/track", { app_id, events: [event, event, event] });
  expect([response.status, response.body]).toEqual([
    409,
    expect.stringMatching(/^1 of 3 events were rejected: .*\n\/events\/2 /),
  ]);
  expect(await events()).toHaveLength(2);
});

test("the session reports that the Heap-compatible API is on", async () => {
  expect((await testConsole.call("GET", "/session")).body).toMatchObject({ account: "ann", heap_api: true });
});

test("other methods are answered with 405", async () => {
  for (const method of ["GET", "PUT", "DELETE"]) {
    const { status, headers } = await testConsole.call(method, "/track", undefined, { key: null });
    expect([status, headers.get("allow")]).toEqual([405, "POST"]);
  }
});

test("many users of one key do not reset the limits of another key", () => {
  const limits = new HeapRateLimits();
  const users = Array.from({ length: 15_000 }, (_, n) => `u${n}`);
  expect(limits.takeBulk("wky_2", users, 0).isOver).toBe(false);
  for (let n = 0; n < 150_000; n++) limits.takeSingle("wky_1", `u${n}`, 0);
  expect(limits.takeBulk("wky_2", ["u1"], 0).isOver).toBe(true);
});

test("without heapApi: true the paths do not exist", async () => {
  await testConsole.close();
  await open({ heapApi: false });
  expect((await post("/track", { app_id, event: "Buy", identity: "a" })).status).toBe(404);
  const { paths } = (await testConsole.call("GET", "/openapi.json")).body;
  expect(Object.keys(paths)).not.toContain("/api/track");
});

test.each([[{ limit: 1 }], ["yes"], [null]])("heapApi: %j is rejected", async (heapApi) => {
  await expect(TestConsole.open({ heapApi: heapApi as never })).rejects.toMatchObject({
    code: "option_invalid",
  });
});
