import { describe, expect, test } from "vitest";
import type { Sender, Webhook, WebhookUpdate } from "../src/index.ts";
import { createStartedSender, SECRET, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

const url = "https://example.com/hook";
const topics = ["invoice.*"];
const SLACK = "https://hooks.slack.com/services/T000/B000/abcdefghijklmnop";

describe.each(storeFactories)("over %s", (_, open) => {
  test("an update leaves other fields unchanged", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { secret, ...before } = await sender.webhooks.create({
      url,
      topics,
      headers: { "x-one": "1" },
      template: { a: 1 },
      rateLimit: 5,
      metadata: { a: "b" },
    });
    let now: Webhook = before;
    const changes: readonly WebhookUpdate[] = [
      { description: "new" },
      { topics: ["a.b"] },
      { url: "https://example.org/" },
      { template: { b: "{{ data.x }}" } },
      { metadata: { c: "d" } },
      { rateLimit: null },
      { concurrency: 2 },
      { headers: {} },
      {},
    ];
    for (const change of changes) {
      const after = await sender.webhooks.update(before.id, change);
      expect(after).toEqual({ ...now, ...change });
      expect(await sender.webhooks.get(before.id)).toEqual(after);
      now = after;
    }
    expect(await sender.webhooks.secrets(before.id)).toEqual([{ value: secret, expiresAt: null }]);
  });

  test("null takes a template away: the event itself is sent again", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { id } = await sender.webhooks.create({
      url: sink.url,
      topics: ["**"],
      template: { only: "this" },
    });
    await sender.emit("a.b", 1);
    await sink.received(1);
    expect((await sender.webhooks.update(id, { template: null })).template).toBeUndefined();
    expect((await sender.webhooks.get(id)).template).toBeUndefined();
    await sender.emit("a.b", 2);
    const bodies = (await sink.received(2)).map(({ body }) => JSON.parse(body.toString()) as unknown);
    expect(bodies).toEqual([{ only: "this" }, expect.objectContaining({ topic: "a.b", data: 2 })]);
  });

  test("a rejected update changes nothing", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { secret: _secret, ...before } = await sender.webhooks.create({ url, topics });
    const bad: readonly [WebhookUpdate, string][] = [
      [{ description: "new", url: "https://10.0.0.1/" }, "address_forbidden"],
      [{ description: "new", topics: ["a"] }, "pattern_invalid"],
      [{ description: "new", template: { a: "{{ data." } }, "template_invalid"],
      [{ description: "new", headers: { "webhook-id": "x" } }, "header_invalid"],
      [{ description: "new", auth: { token: "two words" } }, "header_invalid"],
      [{ description: "new", rateLimit: -1 }, "option_invalid"],
    ];
    for (const [change, code] of bad)
      await expect(sender.webhooks.update(before.id, change)).rejects.toMatchObject({ code });
    expect(await sender.webhooks.get(before.id)).toEqual(before);
  });

  test("concurrent updates are all applied", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { id } = await sender.webhooks.create({ url, topics });
    const changes: readonly WebhookUpdate[] = [
      { description: "new" },
      { topics: ["a.b"] },
      { rateLimit: 5 },
      { metadata: { c: "d" } },
      { headers: { "x-one": "1" } },
    ];
    await Promise.all([
      ...changes.map((change) => sender.webhooks.update(id, change)),
      sender.webhooks.rotateSecret(id, { secret: SECRET, overlap: 0 }),
    ]);
    expect(await sender.webhooks.get(id)).toMatchObject(Object.assign({}, ...changes) as WebhookUpdate);
    expect(await sender.webhooks.secrets(id)).toEqual([{ value: SECRET, expiresAt: null }]);
  });

  test("a disabled webhook gets no new deliveries, keeps pending ones, and continues when enabled", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = (_, index) => (index === 0 ? { status: 503, headers: { "retry-after": "600" } } : 200);
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    await sender.emit("a.b", 1);
    await waitFor(async () =>
      (await sender.deliveries.list()).data.find(({ attemptCount }) => attemptCount === 1),
    );
    expect(await sender.webhooks.disable(id)).toMatchObject({ enabled: false, disabledBy: "owner" });
    expect(await sender.emit("a.b", 2)).toMatchObject({ deliveryCount: 0 });
    expect((await sender.deliveries.list({ webhook: id })).data).toMatchObject([{ state: "pending" }]);
    expect(await sender.webhooks.enable(id)).toMatchObject({
      enabled: true,
      disabledBy: null,
      failingSince: null,
    });
    expect(await sender.webhooks.pauses(id)).toEqual([]);
    expect(await sender.emit("a.b", 3)).toMatchObject({ deliveryCount: 1 });
    await sink.received(2);
    expect(sink.events[1]).toMatchObject({ data: 3 });
  });

  test("a deleted webhook is gone with its pending deliveries, and others stay", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const gone = await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    const other = await sender.webhooks.create({ url: `${sink.url}/other`, topics: ["**"] });
    await sender.webhooks.disable(gone.id);
    await sender.webhooks.delete(gone.id);
    await sender.emit("a.b", 1);
    await waitForState(sender, "delivered");
    expect(sink.requests.map(({ path }) => path)).toEqual(["/other"]);
    expect((await sender.webhooks.list()).data.map(({ id }) => id)).toEqual([other.id]);
  });

  test("each operation on an unknown webhook throws webhook_not_found", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { webhooks } = sender;
    const operations: readonly ((id: string) => Promise<unknown>)[] = [
      webhooks.get,
      (id) => webhooks.update(id, {}),
      webhooks.delete,
      webhooks.enable,
      webhooks.disable,
      webhooks.pauses,
      webhooks.secrets,
      (id) => webhooks.rotateSecret(id),
      (id) => webhooks.sendTest(id),
      (id) => webhooks.recover(id, { since: "1h" }),
    ];
    for (const operation of operations)
      await expect(operation("wbh_nobody")).rejects.toMatchObject({ code: "webhook_not_found" });
  });

  test("lists come in pages, in the order of making, of one account or of all", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const made: string[] = [];
    for (let n = 0; n < 5; n++) made.push((await sender.webhooks.create({ url, topics })).id);
    const other = await sender.webhooks.create({ url, topics, account: "other" });
    expect(await idsIn(sender, { account: "default" })).toEqual(made);
    expect(await idsIn(sender, { account: "other" })).toEqual([other.id]);
    expect(await idsIn(sender, {})).toEqual([...made, other.id]);
    expect(await idsIn(sender, { account: "unknown" })).toEqual([]);
  });
});

async function idsIn(sender: Sender, filter: { readonly account?: string }): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await sender.webhooks.list(filter, { limit: 2, cursor: after ?? undefined });
    expect(page.data.length).toBeLessThanOrEqual(2);
    ids.push(...page.data.map(({ id }) => id));
    after = page.nextCursor;
  }
  return ids;
}

test("another URL decides the format anew, unless one is given", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url, topics });
  expect(await sender.webhooks.update(id, { url: SLACK })).toMatchObject({ format: "slack", rateLimit: 1 });
  expect(await sender.webhooks.update(id, { description: "new" })).toMatchObject({ format: "slack" });
  expect(await sender.webhooks.update(id, { url, format: "slack" })).toMatchObject({ format: "slack" });
  expect(await sender.webhooks.update(id, { description: "newer" })).toMatchObject({ format: "slack" });
  expect(await sender.webhooks.update(id, { url: `${url}/2` })).toMatchObject({ format: "heron" });
});
