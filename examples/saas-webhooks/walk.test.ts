import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { heronWebhook } from "@heron-webhooks/fastify";
import { sqliteStore } from "@heron-webhooks/sender";
import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { buildApp, createAppSender } from "./app.ts";

/** The customer's receiver, which verifies with the secrets it was given. */
const secrets: string[] = [];
const handled: { readonly topic: string; readonly data: unknown; readonly meta: unknown }[] = [];
let isBroken = false;
let receiver: FastifyInstance;
let hook: string;
let app: FastifyInstance;
let api: string;

beforeAll(async () => {
  receiver = fastify();
  await receiver.register(heronWebhook, {
    secret: () => secrets,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    on: {
      "**": ({ topic, data, meta }) => {
        if (isBroken) throw new Error("the customer's database is down");
        handled.push({ topic, data, meta });
      },
    },
  });
  hook = `${await receiver.listen({ port: 0 })}/webhooks/heron`;
  app = await buildApp(
    createAppSender({
      store: sqliteStore(":memory:"),
      encryptionKey: "00".repeat(32),
      retry: createRetryPolicy({ delays: [] }),
      egress: { allow: ["127.0.0.0/8", "::1/128"], allowHttp: true },
    }),
  );
  api = await app.listen({ port: 0 });
});
afterAll(() => Promise.all([app.close(), receiver.close()]));

async function ask(method: string, path: string, body?: unknown, key = "demo_acme") {
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const reply = await fetch(`${api}${path}`, {
    method,
    headers: { "x-api-key": key, ...type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, body: text === "" ? null : JSON.parse(text) };
}

const deliveries = async (id: string) => (await ask("GET", `/webhooks/${id}/deliveries`)).body.data;
let id: string;
let invoice: string;
/**
 * Long enough for a busy machine, and shorter than the test's own limit, whose message would not say what is missing.
 */
const SOON = { timeout: 4000, interval: 10 };

test("requests without a key get 401", async () => {
  expect(await ask("GET", "/webhooks", undefined, "guessed")).toMatchObject({ status: 401 });
});

test("the catalogue lists the topics", async () => {
  const { body } = await ask("GET", "/topics");
  expect(body).toMatchObject([
    { topic: "invoice.created" },
    { topic: "invoice.paid", example: { id: "in_1" } },
  ]);
});

test.each([
  [{ url: "https://10.0.0.1/hook", topics: ["**"] }, "address_forbidden"],
  [{ url: "ftp://example.com", topics: ["**"] }, "url_invalid"],
  [{ url: "https://example.com", topics: ["Invoice Paid"] }, "pattern_invalid"],
  [{ url: "https://example.com", topics: ["**"], template: { a: "{{ data." } }, "template_invalid"],
  [{ url: "https://example.com" }, "FST_ERR_VALIDATION"],
])("an invalid webhook is rejected with a reason: %j", async (body, error) => {
  expect(await ask("POST", "/webhooks", body)).toMatchObject({ status: 400, body: { error } });
});

test("a customer registers a webhook, and sees its secret once", async () => {
  const { status, body } = await ask("POST", "/webhooks", { url: hook, topics: ["invoice.*"] });
  expect({ status, body }).toMatchObject({
    status: 201,
    body: { url: hook, secret: expect.stringMatching(/^sec_/) },
  });
  id = body.id;
  secrets.push(body.secret);
  const list = await ask("GET", "/webhooks");
  expect(list.body.data).toMatchObject([{ id, enabled: true }]);
  expect(JSON.stringify(list.body)).not.toContain("sec_");
});

test("a test event has the topic's example", async () => {
  expect(await ask("POST", `/webhooks/${id}/test`)).toMatchObject({
    status: 200,
    body: { ok: true, responseStatus: 200, topic: "invoice.created" },
  });
  expect(handled.splice(0)).toMatchObject([{ topic: "invoice.created", meta: { test: true } }]);
});

test("events of the business arrive once, and verify", async () => {
  const made = await ask("POST", "/invoices", { customer: "Ann", amount: 49.5, currency: "EUR" });
  invoice = made.body.id;
  expect(await ask("POST", `/invoices/${invoice}/pay`)).toMatchObject({ status: 200, body: { notified: 1 } });
  await ask("POST", `/invoices/${invoice}/pay`);
  await vi.waitFor(
    async () => expect(await deliveries(id)).toMatchObject([{ state: "delivered" }, { state: "delivered" }]),
    SOON,
  );
  expect(handled.splice(0)).toMatchObject([
    { topic: "invoice.created", data: { id: invoice, amount: 49.5 } },
    { topic: "invoice.paid", data: { id: invoice, paid_at: expect.any(String) } },
  ]);
});

test("data that does not match its schema is rejected", async () => {
  await expect(app.heron.emit("invoice.paid", { id: "in_2" }, { account: "acme" })).rejects.toMatchObject({
    code: "schema_mismatch",
  });
});

test("during the overlap, receivers with the old or the new secret verify", async () => {
  const { body } = await ask("POST", `/webhooks/${id}/rotate`);
  const [old] = secrets;
  expect(body.secret).not.toBe(old);
  expect((await ask("POST", `/webhooks/${id}/test`)).body).toMatchObject({ ok: true });
  secrets.push(body.secret);
  expect((await ask("POST", `/webhooks/${id}/test`)).body).toMatchObject({ ok: true });
  handled.splice(0);
});

test("a dead delivery has its reason, and can be retried", async () => {
  isBroken = true;
  await ask("POST", "/invoices", { customer: "Bob", amount: 1, currency: "EUR" });
  const failed = await vi.waitFor(async () => {
    const [newest] = await deliveries(id);
    expect(newest).toMatchObject({
      state: "dead",
      responseStatus: 500,
      reason: expect.stringMatching(/^answered 500/),
    });
    return newest;
  }, SOON);
  isBroken = false;
  expect(await ask("POST", `/deliveries/${failed.id}/retry`)).toMatchObject({ status: 202 });
  await vi.waitFor(
    async () =>
      expect((await deliveries(id))[0]).toMatchObject({ id: failed.id, state: "delivered", attemptCount: 2 }),
    SOON,
  );
});

test("another account can neither read nor change any of it", async () => {
  const [{ id: delivery }] = await deliveries(id);
  expect((await ask("GET", "/webhooks", undefined, "demo_globex")).body.data).toEqual([]);
  for (const [method, path] of [
    ["GET", `/webhooks/${id}/deliveries`],
    ["POST", `/webhooks/${id}/test`],
    ["POST", `/webhooks/${id}/rotate`],
    ["DELETE", `/webhooks/${id}`],
    ["POST", `/deliveries/${delivery}/retry`],
    ["POST", `/invoices/${invoice}/pay`],
  ] as const)
    expect([path, (await ask(method, path, undefined, "demo_globex")).status]).toEqual([path, 404]);
});

test("a webhook is updated and deleted", async () => {
  expect((await ask("PATCH", `/webhooks/${id}`, { description: "books" })).body.description).toBe("books");
  expect((await ask("DELETE", `/webhooks/${id}`)).status).toBe(204);
  expect((await ask("POST", `/webhooks/${id}/test`)).status).toBe(404);
});

test.each([
  ["is rejected by default", {}, 400],
  ["is accepted with HERON_EGRESS_LOOPBACK", { HERON_EGRESS_LOOPBACK: "1" }, 201],
])("the program starts and stops cleanly; a webhook to this machine %s", async (_, env, status) => {
  const { HERON_EGRESS_LOOPBACK: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url))], {
    env: { ...inherited, PORT: "0", HERON_DB: ":memory:", HERON_ENCRYPTION_KEY: "00".repeat(32), ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit");
  let at: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    at = /listening at (http:[\w.:/]+)/.exec(line)?.[1];
    if (at !== undefined) break;
  }
  const body = { url: "https://127.0.0.1/hook", topics: ["**"] };
  const reply = await fetch(`${at}/webhooks`, {
    method: "POST",
    headers: { "x-api-key": "demo_acme", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(status);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
