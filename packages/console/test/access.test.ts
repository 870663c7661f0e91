import { memoryDedupe } from "@heron-webhooks/core/receiver";
import { manualClock } from "@heron-webhooks/core/testing";
import { afterEach, describe, expect, test } from "vitest";
import { apiKey, createConsole, signedLink } from "../src/index.ts";
import { API_KEYS, TestConsole } from "./test-console.ts";

const SECRET = "a secret of the console's own, long enough";

let testConsole: TestConsole | undefined;
afterEach(async () => {
  await testConsole?.close();
  testConsole = undefined;
});

const open = async (...parts: Parameters<typeof TestConsole.open>): Promise<TestConsole> => {
  testConsole = await TestConsole.open(...parts);
  return testConsole;
};

describe("an API key", () => {
  test.each([
    ["missing", null, 401],
    ["wrong", "key_ann_0123456789abcdef0124", 401],
    ["truncated", API_KEYS.ann.slice(0, -1), 401],
    ["correct", API_KEYS.ann, 200],
  ])("%s", async (_, key, status) => {
    const { call } = await open();
    expect((await call.call(testConsole, "GET", "/webhooks", undefined, { key })).status).toBe(status);
  });

  test("works as a bearer token", async () => {
    const console = await open();
    const headers = { authorization: `Bearer ${API_KEYS.bob}` };
    expect((await console.call("GET", "/session", undefined, { key: null, headers })).body).toEqual({
      account: "bob",
      admin: false,
      heap_api: false,
    });
  });

  test("only administrators can access and pause other accounts", async () => {
    const console = await open();
    const id = await console.createWebhook({}, API_KEYS.bob);
    const getWebhook = (key: string): ReturnType<TestConsole["call"]> =>
      console.call("GET", `/webhooks/${id}?account=bob`, undefined, { key });
    expect((await getWebhook(API_KEYS.admin)).body.webhook.heron_id).toBe(id);
    expect((await getWebhook(API_KEYS.ann)).status).toBe(403);
    const stopped = await console.call("POST", "/accounts/bob/disable", undefined, { key: API_KEYS.ann });
    expect(stopped.status).toBe(403);
    expect(
      (await console.call("POST", "/accounts/bob/disable", undefined, { key: API_KEYS.admin })).status,
    ).toBe(204);
    expect((await getWebhook(API_KEYS.admin)).status).toBe(200);
    const { pauses } = (await console.call("GET", `/webhooks/${id}/pauses`, undefined, { key: API_KEYS.bob }))
      .body;
    expect(pauses).toEqual([{ reason: "disabled", scope: "account", remaining_ms: null }]);
  });
});

describe("a signed link", () => {
  const links = (linkExpiresIn: "15m" | "1h" = "15m") => {
    const clock = manualClock();
    return {
      clock,
      links: signedLink({ secret: SECRET, clock, linkExpiresIn, dedupe: memoryDedupe({ clock }) }),
    };
  };
  const getLinkKey = (link: string): string => new URL(link).hash.slice("#key=".length);

  test("works once and sets an HttpOnly cookie without a path", async () => {
    const { links: signedLinks } = links();
    const console = await open({ authorize: [signedLinks, apiKey({ [API_KEYS.ann]: "ann" })] });
    const link = signedLinks.link(`${console.origin}/heron`, { account: "ann" });
    expect(link).toMatch(/\/heron\/#key=/);
    const key = getLinkKey(link);
    const first = await console.call("POST", "/session", { key }, { key: null });
    expect([first.status, first.body]).toEqual([200, { account: "ann", admin: false, heap_api: false }]);
    const [cookie = ""] = first.headers.getSetCookie();
    expect(cookie).toMatch(/^heron=[^;]+; HttpOnly; SameSite=Strict; Max-Age=28800$/);
    const headers = { cookie: cookie.split(";")[0] as string };
    expect((await console.call("GET", "/session", undefined, { key: null, headers })).body.account).toBe(
      "ann",
    );
    expect((await console.call("POST", "/session", { key }, { key: null })).status).toBe(401);
  });

  test("expires, and so does its session", async () => {
    const { links: signedLinks, clock } = links();
    const console = await open({ authorize: signedLinks, clock });
    const [expiredKey, validKey] = [1, 2].map(() =>
      getLinkKey(signedLinks.link(`${console.origin}/heron`, { account: "ann" })),
    );
    const session = async (key = ""): ReturnType<TestConsole["call"]> =>
      console.call("POST", "/session", { key }, { key: null });
    const opening = await session(validKey);
    const headers = { cookie: (opening.headers.getSetCookie()[0] ?? "").split(";")[0] as string };
    await clock.advance(15 * 60_000);
    expect((await session(expiredKey)).status).toBe(401);
    await clock.advance(7.7 * 3_600_000);
    expect((await console.call("GET", "/session", undefined, { key: null, headers })).status).toBe(200);
    await clock.advance(0.1 * 3_600_000);
    expect((await console.call("GET", "/session", undefined, { key: null, headers })).status).toBe(401);
  });

  test("is rejected with another secret, as a session token or after a change", async () => {
    const { links: signedLinks, clock } = links();
    const console = await open({ authorize: signedLinks, clock });
    const otherLinks = signedLink({ secret: `${SECRET}!`, clock });
    const validKey = getLinkKey(signedLinks.link(`${console.origin}/heron`, { account: "ann" }));
    const [text = "", mac = ""] = validKey.split(".");
    const forged = Buffer.from(
      Buffer.from(text, "base64url").toString().replace('"admin":false', '"admin":true'),
    ).toString("base64url");
    const session = (await signedLinks.open(validKey))?.cookie ?? "";
    for (const key of [
      getLinkKey(otherLinks.link(`${console.origin}/heron`, { account: "ann" })),
      session,
      `${forged}.${mac}`,
      `${text}.`,
      text,
      ".",
      "",
      "é.é",
    ])
      expect((await console.call("POST", "/session", { key }, { key: null })).status, key).toBe(401);
  });
});

describe("a write with a session cookie", () => {
  test.each([
    ["from the same origin", { "sec-fetch-site": "same-origin" }, 201],
    ["from another port of this host", { "sec-fetch-site": "same-site" }, 403],
    ["from another site", { "sec-fetch-site": "cross-site" }, 403],
    ["without an initiator", { "sec-fetch-site": "none" }, 403],
    ["from another origin, in a browser without fetch metadata", { origin: "https://evil.example" }, 403],
    ["without origin or fetch metadata", {}, 403],
    ["with the header that other sites cannot send", { "x-heron-console": "1" }, 201],
  ])("%s", async (_, more, status) => {
    const console = await open({ authorize: () => ({ account: "ann" }) });
    const headers = { cookie: "host=session", ...more };
    const body = { url: "https://example.com/", topic: "a.b" };
    expect((await console.call("POST", "/webhooks", body, { key: null, headers })).status).toBe(status);
    expect((await console.call("GET", "/webhooks", undefined, { key: null, headers })).status).toBe(200);
  });

  test("from the console itself, in a browser without fetch metadata", async () => {
    const console = await open({ authorize: () => ({ account: "ann" }) });
    const headers = { cookie: "host=session", origin: console.origin };
    const body = { url: "https://example.com/", topic: "a.b" };
    expect((await console.call("POST", "/webhooks", body, { key: null, headers })).status).toBe(201);
  });
});

test("an authorize function that throws results in 503 without details", async () => {
  const console = await open({
    authorize: () => {
      throw new Error("the password of the database");
    },
  });
  const { status, body, headers } = await console.call("GET", "/webhooks");
  expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
  expect(JSON.stringify(body)).not.toContain("password");
});

describe("createConsole rejects an invalid authorize", () => {
  test.each([
    ["missing", undefined],
    ["an empty list", []],
    ["not a function", "everybody"],
  ])("%s", async (_, authorize) => {
    const { sender } = await open();
    expect(() => createConsole(sender, { authorize: authorize as never })).toThrow(/authorize/);
  });

  test("apiKey rejects missing and short keys", () => {
    expect(() => apiKey({})).toThrow(/no keys/);
    expect(() => apiKey({ secret: "ann" })).toThrow(/24 characters/);
  });

  test("signedLink rejects missing and short secrets", () => {
    expect(() => signedLink({ secret: "" })).toThrow(expect.objectContaining({ code: "secret_missing" }));
    expect(() => signedLink({ secret: "short" })).toThrow(
      expect.objectContaining({ code: "secret_invalid" }),
    );
  });
});
