import { join } from "node:path";
import { retrySchedule } from "@heron-webhooks/core";
import {
  type Condition,
  createSender,
  type DeliveryState,
  type NewEvent,
  type Sender,
  type Settled,
  type Store,
  sqliteStore,
} from "@heron-webhooks/sender";
import { expect, vi } from "vitest";
import { ownFolder } from "./importing.ts";
import type { Receiver } from "./receiver.ts";

export const SECRET = "sec_0123456789abcdef0123456789abcdef";
const KEY = Buffer.alloc(32, 7).toString("base64");
const PRO: Condition = { path: "user.plan", op: "eq", value: "pro" };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** A sender that may reach this machine, and tries again at once, three times. */
export function senderOver(store: Store): Sender {
  return createSender({
    store,
    encryptionKey: KEY,
    egress: { allow: ["127.0.0.0/8"], http: true },
    schedule: retrySchedule({ delays: [1, 1, 1], jitter: 0 }),
    logger: quiet,
  });
}

/** A file with a webhook and an event. */
export async function smallFile(): Promise<string> {
  const path = join(ownFolder(), "heron.db");
  const sender = senderOver(sqliteStore(path));
  await sender.webhooks.create({ url: "http://127.0.0.1:9/", topics: ["a.*"] });
  await sender.emit("a.b", 1);
  await sender.close();
  return path;
}

/** The users of the file. */
export const USERS = [
  ["acme", "u1"],
  ["acme", "u2"],
  ["later", "u1"],
] as const;

/** Makes a file with a sender that has lived: of everything that there can be in one there is something. */
export async function makeFile(path: string, receiver: Receiver): Promise<void> {
  const sender = senderOver(sqliteStore(path));
  const tried = new Set<string>();
  receiver.answer = ({ path, headers }) => {
    const id = String(headers["webhook-id"]);
    if (path === "/dead") return { status: 500 };
    if (path === "/slow") return { status: 503, headers: { "retry-after": "3600" } };
    if (path === "/flaky" && !tried.has(id)) return { status: tried.add(id) && 502 };
    return { status: 200 };
  };
  const make = (
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
  const good = await make("/good", ["a.**"]);
  await sender.webhooks.update(good.id, { when: [{ path: "topic", op: "starts", value: "a." }] });
  await sender.labels.create({ name: "new", pattern: "d.*", when: [PRO] }, { account: "acme" });
  await sender.labels.create({ name: "other", pattern: "d.*" }, { account: "later" });
  await sender.writeKeys.create({ account: "acme", description: "shop" });
  await make("/flaky", ["a.*", "b.*"]);
  const dead = await make("/dead", ["b.*"]);
  await make("/slow", ["c.*"]);
  await make("/later", ["a.*"], "later");
  const disabled = await make("/disabled", ["a.*"]);
  const removed = await make("/removed", ["**"]);
  await sender.accounts.disable("later");
  await sender.accounts.disable("nobody");
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
  await sender.emit("nobody.listens", 1, { account: "acme", id: "nothing" });
  await settled(sender, { delivered: 6, dead: 1 });
  // One that missed what was before it; one that is to be had once more, and one of which all comes at once.
  const late = await make("/late", ["a.*"]);
  expect(await sender.webhooks.recover(late.id, { since: "1h" })).toBe(1);
  await settled(sender, { delivered: 7, dead: 1 });
  await sender.webhooks.remove(removed.id);
  await sender.webhooks.rotateSecret(dead.id);
  const { items } = await sender.deliveries.list({ state: "delivered", webhook: late.id });
  await sender.deliveries.retry(items[0]?.id ?? "");
  await settled(sender, { delivered: 4, dead: 1 });
  // Pending once more, after attempts that count no more.
  await sender.accounts.disable("acme");
  const [again] = (await sender.deliveries.list({ state: "dead" })).items;
  await sender.deliveries.retry(again?.id ?? "");
  await sender.close();
}

/** Puts many events down, each for two webhooks, and has some of what they make settled, or tried once. */
export async function makeLarge(path: string, url: string, count: number): Promise<void> {
  const store = sqliteStore(path);
  const sender = senderOver(store);
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
  const attempt = { status: 200, ms: 1.5, reason: null, answer: null };
  const states: readonly Settled[] = [
    { state: "delivered" },
    { state: "dead", reason: "refused" },
    { state: "retry", delayMs: 3_600_000 },
  ];
  for (let settled = 0; settled < count; ) {
    const claims = await store.claim({ worker: "test", max: count - settled, leaseMs: 60_000 });
    await store.settle(
      claims.map(({ lease }, i) => ({ lease, attempt, settled: states[(settled + i) % 3] as Settled })),
    );
    settled += claims.length;
  }
  await sender.close();
}

/** Waits until so many are in these states, at the least, and all else that is pending waits behind a gate. */
async function settled(sender: Sender, counts: Partial<Record<DeliveryState, number>>): Promise<void> {
  await vi.waitUntil(
    async () => {
      const { items } = await sender.deliveries.list({}, { limit: 1000 });
      const isSettled = items.every(
        ({ state, waitsFor, dueIn }) =>
          state !== "pending" || waitsFor?.for === "gate" || Number(dueIn) > 60_000,
      );
      const count = (wanted: string): number => items.filter(({ state }) => state === wanted).length;
      return isSettled && Object.entries(counts).every(([state, least]) => count(state) >= least);
    },
    { timeout: 20_000 },
  );
}
