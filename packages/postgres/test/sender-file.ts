import { join } from "node:path";
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import {
  type Completion,
  type Condition,
  createSender,
  type DeliveryState,
  type NewEvent,
  type Sender,
  type Store,
  sqliteStore,
} from "@heron-webhooks/sender";
import { expect, vi } from "vitest";
import type { Receiver } from "./receiver.ts";
import { createFolder } from "./run-import.ts";

export const SECRET = "sec_0123456789abcdef0123456789abcdef";
const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString("base64");
const IS_PRO: Condition = { path: "user.plan", op: "eq", value: "pro" };
const silentLogger = { debug() {}, info() {}, warn() {}, error() {} };

/** A sender that may send to loopback and retries three times at once. */
export function createTestSender(store: Store): Sender {
  return createSender({
    store,
    encryptionKey: ENCRYPTION_KEY,
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    retry: createRetryPolicy({ delays: [1, 1, 1], jitter: 0 }),
    logger: silentLogger,
  });
}

export async function makeSmallFile(): Promise<string> {
  const path = join(createFolder(), "heron.db");
  const sender = createTestSender(sqliteStore(path));
  await sender.webhooks.create({ url: "http://127.0.0.1:9/", topics: ["a.*"] });
  await sender.emit("a.b", 1);
  await sender.close();
  return path;
}

export const USERS = [
  ["acme", "u1"],
  ["acme", "u2"],
  ["later", "u1"],
] as const;

/** Writes a file with at least one row of every kind. */
export async function makeFile(path: string, receiver: Receiver): Promise<void> {
  const sender = createTestSender(sqliteStore(path));
  const attemptedOnce = new Set<string>();
  receiver.respond = ({ path, headers }) => {
    const id = String(headers["webhook-id"]);
    if (path === "/dead") return { status: 500 };
    if (path === "/slow") return { status: 503, headers: { "retry-after": "3600" } };
    if (path === "/flaky" && !attemptedOnce.has(id)) return { status: attemptedOnce.add(id) && 502 };
    return { status: 200 };
  };
  const createWebhook = (
    path: string,
    topics: readonly string[],
    account = "acme",
  ): Promise<{ readonly id: string }> =>
    sender.webhooks.create({
      account,
      url: receiver.url + path,
      topics,
      secret: SECRET,
      headers: { "x-of": "é" },
    });
  const good = await createWebhook("/good", ["a.**"]);
  await sender.webhooks.update(good.id, { conditions: [{ path: "topic", op: "starts", value: "a." }] });
  await sender.labels.create({ name: "new", pattern: "d.*", conditions: [IS_PRO] }, { account: "acme" });
  await sender.labels.create({ name: "other", pattern: "d.*" }, { account: "later" });
  await sender.writeKeys.create({ account: "acme", description: "shop" });
  await createWebhook("/flaky", ["a.*", "b.*"]);
  const dead = await createWebhook("/dead", ["b.*"]);
  await createWebhook("/slow", ["c.*"]);
  await createWebhook("/later", ["a.*"], "later");
  const disabled = await createWebhook("/disabled", ["a.*"]);
  const deleted = await createWebhook("/deleted", ["**"]);
  await sender.accounts.disable("later");
  await sender.accounts.disable("unused");
  await sender.webhooks.disable(disabled.id);
  await sender.users.addProperties("u1", { plan: "pro" }, { account: "acme" });
  await sender.users.addProperties("u2", { plan: "free", seats: 3 }, { account: "acme" });
  await sender.users.addProperties("u1", { name: "Zoë" }, { account: "later" });
  sender.start();
  await sender.emit("a.first", { text: 'quotes " \\ and \u0000 and 😀' }, { account: "acme", user: "u1" });
  await sender.emit("b.one", [1, 2.5, null], { account: "acme", id: "order-1" });
  await sender.emit("c.one", "slow", { account: "acme" });
  await sender.emit("a.x", { n: 1 }, { account: "later", id: "later-1", user: "u1" });
  await sender.emit("a.x", { n: 2 }, { account: "later" });
  await sender.emit("unmatched.topic", 1, { account: "acme", id: "nothing" });
  await waitForStates(sender, { delivered: 6, dead: 1 });
  // A webhook that recovers missed events.
  const late = await createWebhook("/late", ["a.*"]);
  expect(await sender.webhooks.recover(late.id, { since: "1h" })).toBe(1);
  await waitForStates(sender, { delivered: 7, dead: 1 });
  await sender.webhooks.delete(deleted.id);
  await sender.webhooks.rotateSecret(dead.id);
  const { data } = await sender.deliveries.list({ state: "delivered", webhook: late.id });
  await sender.deliveries.retry(data[0]?.id ?? "");
  await waitForStates(sender, { delivered: 4, dead: 1 });
  // Requeued, after attempts that no longer count as retries.
  await sender.accounts.disable("acme");
  const [requeued] = (await sender.deliveries.list({ state: "dead" })).data;
  await sender.deliveries.retry(requeued?.id ?? "");
  await sender.close();
}

/** Publishes many events, each for two webhooks, and completes or retries some of the deliveries. */
export async function makeLarge(path: string, url: string, count: number): Promise<void> {
  const store = sqliteStore(path);
  const sender = createTestSender(store);
  for (const path of ["/one", "/two"])
    await sender.webhooks.create({ account: "acme", url: url + path, topics: ["a.*"], secret: SECRET });
  for (let i = 0; i < 40; i++) await sender.users.addProperties(`u${i}`, { i }, { account: "acme" });
  const event = (i: number): NewEvent => ({
    account: "acme",
    id: `evt_${i}`,
    idempotent: i % 2 === 0,
    topic: "a.b",
    body: JSON.stringify({ id: `evt_${i}`, topic: "a.b", data: i }),
    user: i % 3 === 0 ? `u${i % 40}` : null,
    webhook: null,
    traceparent: i % 5 === 0 ? `00-${"a".repeat(32)}-${"b".repeat(16)}-01` : undefined,
  });
  await store.publish(Array.from({ length: count }, (_, i) => event(i)));
  const attempt = { responseStatus: 200, durationMs: 1.5, reason: null, responseBody: null };
  const states: readonly Completion[] = [
    { state: "delivered" },
    { state: "dead", reason: "refused" },
    { state: "retry", delayMs: 3_600_000 },
  ];
  for (let completed = 0; completed < count; ) {
    const claims = await store.claim({ claimant: "test", max: count - completed, leaseMs: 60_000 });
    await store.complete(
      claims.map(({ lease }, i) => ({
        lease,
        attempt,
        completion: states[(completed + i) % 3] as Completion,
      })),
    );
    completed += claims.length;
  }
  await sender.close();
}

/** Waits until at least so many deliveries are in these states, and all other pending ones are paused or retried later. */
async function waitForStates(sender: Sender, counts: Partial<Record<DeliveryState, number>>): Promise<void> {
  await vi.waitUntil(
    async () => {
      const { data } = await sender.deliveries.list({}, { limit: 1000 });
      const isStable = data.every(
        ({ state, waitingFor, nextAttemptInMs }) =>
          state !== "pending" || waitingFor?.kind === "pause" || Number(nextAttemptInMs) > 60_000,
      );
      const count = (wanted: string): number => data.filter(({ state }) => state === wanted).length;
      return isStable && Object.entries(counts).every(([state, minimum]) => count(state) >= minimum);
    },
    { timeout: 20_000 },
  );
}
