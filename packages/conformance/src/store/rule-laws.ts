import { expect } from "vitest";
import type { Condition, LabelRecord } from "../../../sender/src/index.ts";
import type { Law } from "./law.ts";
import { event, type Opened, webhook } from "./opened.ts";

const BIG: Condition = { path: "data.amount", op: "gte", value: 100 };
const PRO: Condition = { path: "user.plan", op: "eq", value: "pro" };

function label(parts: Partial<LabelRecord> = {}): LabelRecord {
  return { account: "acme", name: "big", pattern: "a.*", when: [BIG], description: "", created: 0, ...parts };
}

/** An event with an amount. */
function payment(amount: number, parts: Parameters<typeof event>[0] = {}) {
  const id = parts.id ?? `evt_${amount}`;
  const body = JSON.stringify({
    topic: "a.b",
    created: "2026-01-01T00:00:00+00:00",
    data: { amount },
    meta: { from: "shop" },
    id,
  });
  return event({ id, body, ...parts });
}

async function claimed(opened: Opened): Promise<readonly string[]> {
  return (await opened.claim()).map(({ webhook: to, topic }) => `${to} ${topic}`).sort();
}

/** What a store makes of labels and of the conditions of webhooks. */
export function ruleLaws(law: Law): void {
  conditionLaws(law);
  labelLaws(law);
  labelRecordLaws(law);
}

function conditionLaws(law: Law): void {
  law("a webhook with conditions gets the events of which they all hold, others get all", async (opened) => {
    await opened.create(
      webhook({ id: "wbh_all" }),
      webhook({ id: "wbh_big", when: [BIG] }),
      webhook({ id: "wbh_pro", when: [BIG, PRO] }),
      webhook({ id: "wbh_other", topics: ["c.d"], when: [BIG] }),
    );
    await opened.store.users.addProperties("acme", "u", { plan: "pro" });
    const published = await opened.publish(
      payment(5),
      payment(100),
      payment(200, { user: "u" }),
      payment(300, { user: "nobody" }),
    );
    expect(published.map((one) => "deliveries" in one && one.deliveries)).toEqual([1, 2, 3, 2]);
    expect(await claimed(opened)).toEqual([
      ...Array.from({ length: 4 }, () => "wbh_all a.b"),
      ...Array.from({ length: 3 }, () => "wbh_big a.b"),
      "wbh_pro a.b",
    ]);
  });

  law(
    "conditions that change hold of what is published from then on, and so do properties",
    async (opened) => {
      const own = webhook({ id: "wbh_when", when: [PRO] });
      await opened.create(own);
      const deliveries = async (): Promise<unknown> => {
        const [one] = await opened.publish(payment(1, { id: `k${Math.random()}`, user: "u" }));
        return one !== undefined && "deliveries" in one && one.deliveries;
      };
      expect(await deliveries()).toBe(0);
      await opened.store.users.addProperties("acme", "u", { plan: "pro" });
      expect(await deliveries()).toBe(1);
      await opened.store.users.addProperties("acme", "u", { plan: "free" });
      expect(await deliveries()).toBe(0);
      await opened.store.webhooks.update(own.id, 1, { when: [] });
      expect(await deliveries()).toBe(1);
      await opened.store.webhooks.update(own.id, 2, { when: [BIG] });
      expect(await deliveries()).toBe(0);
      await opened.store.webhooks.remove(own.id);
      expect(await deliveries()).toBe(0);
    },
  );

  law("an event that is for a webhook by name is for it whatever its conditions", async (opened) => {
    await opened.create(webhook({ id: "wbh_named", when: [BIG] }));
    const [published] = await opened.publish(payment(1, { webhook: "wbh_named" }));
    expect(published).toMatchObject({ deliveries: 1 });
  });

  law("recovering makes what was missed of what the conditions hold", async (opened) => {
    const own = webhook({ id: "wbh_late", enabled: false, disabledBy: "owner", when: [BIG, PRO] });
    await opened.create(own);
    await opened.store.users.addProperties("acme", "u", { plan: "pro" });
    await opened.publish(payment(1, { user: "u" }), payment(100, { user: "u" }), payment(200));
    await opened.store.webhooks.update(own.id, 1, { enabled: true, disabledBy: null });
    expect(await opened.store.deliveries.recover(own.id, 10_000, 100, null)).toEqual({
      recovered: 1,
      next: null,
    });
    expect((await opened.claim()).map(({ body }) => JSON.parse(body).data)).toEqual([{ amount: 100 }]);
  });
}

function labelLaws(law: Law): void {
  law(
    "a label makes an event of its own of what it names, with the data and where it is from",
    async (opened) => {
      await opened.create(
        webhook({ id: "wbh_raw" }),
        webhook({ id: "wbh_label", topics: ["label.*"] }),
        webhook({ id: "wbh_any", topics: ["**"] }),
      );
      await opened.store.labels.create(label(), 10);
      const published = await opened.publish(payment(5), payment(100, { traceparent: "00-1-1-01" }));
      expect(published).toEqual([
        { id: "evt_5", deliveries: 2, duplicate: false },
        { id: "evt_100", deliveries: 2, duplicate: false },
      ]);
      const claims = await opened.claim();
      const [made, ...others] = claims.filter((claim) => claim.webhook === "wbh_label");
      expect(others).toEqual([]);
      expect(made?.topic).toBe("label.big");
      expect(made?.traceparent).toBe("00-1-1-01");
      expect(JSON.parse(made?.body ?? "")).toEqual({
        topic: "label.big",
        created: "2026-01-01T00:00:00+00:00",
        data: { amount: 100 },
        meta: { from: "shop", raw: { topic: "a.b", id: "evt_100" } },
        id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
      });
      expect(claims).toHaveLength(5);
    },
  );

  law(
    "labels hold together with the conditions of webhooks, and read the user's properties",
    async (opened) => {
      await opened.create(
        webhook({ id: "wbh_w", topics: ["label.pro"], when: [BIG] }),
        webhook({ id: "wbh_x", topics: ["label.*"] }),
      );
      await opened.store.labels.create(label({ name: "pro", when: [PRO] }), 10);
      await opened.store.users.addProperties("acme", "u", { plan: "pro" });
      await opened.publish(payment(1, { user: "u" }), payment(100, { user: "u" }), payment(200));
      expect(await claimed(opened)).toEqual(["wbh_w label.pro", "wbh_x label.pro", "wbh_x label.pro"]);
      const users = (await opened.store.deliveries.list({}, {})).items.map(({ event: { topic } }) => topic);
      expect(new Set(users)).toEqual(new Set(["label.pro"]));
    },
  );

  law("labels name no events of the sender's own, nor what is for one webhook", async (opened) => {
    await opened.create(webhook({ id: "wbh_label", topics: ["label.*"] }));
    for (const [name, pattern] of [
      ["every", "**"],
      ["again", "label.**"],
      ["failing", "webhook.**"],
    ] as const)
      await opened.store.labels.create(label({ name, pattern, when: [] }), 10);
    await opened.publish(event({ topic: "webhook.disabled" }), event({ webhook: "wbh_label" }));
    expect(await claimed(opened)).toEqual(["wbh_label a.b"]);
    await opened.publish(event());
    expect(await claimed(opened)).toEqual(["wbh_label label.every"]);
  });

  law(
    "an event comes with its labels once, and is refused with them",
    async (opened) => {
      await opened.create(webhook({ id: "wbh_l", topics: ["label.*"] }), webhook({ id: "wbh_a" }));
      await opened.store.labels.create(label({ when: [] }), 10);
      const key = { id: "k", idempotent: true } as const;
      const published = await opened.publish(payment(1, key), payment(1, key));
      expect(published.map((one) => "duplicate" in one && one.duplicate)).toEqual([false, true]);
      await opened.publish(payment(1, key));
      expect(await claimed(opened)).toEqual(["wbh_a a.b", "wbh_l label.big"]);
      const [second, third] = await opened.publish(payment(2), payment(3));
      expect([second, third]).toMatchObject([{ deliveries: 1 }, { refused: { code: "limit_reached" } }]);
      expect(await claimed(opened)).toEqual(["wbh_a a.b", "wbh_l label.big"]);
    },
    { maxPending: 5 },
  );

  law("what a label made is found when a webhook recovers what it missed", async (opened) => {
    const own = webhook({ id: "wbh_late", topics: ["label.*"], enabled: false, disabledBy: "owner" });
    await opened.create(own);
    await opened.store.labels.create(label({ when: [] }), 10);
    await opened.publish(payment(1));
    await opened.store.webhooks.update(own.id, 1, { enabled: true, disabledBy: null });
    await opened.store.deliveries.recover(own.id, 10_000, 100, null);
    expect(await claimed(opened)).toEqual(["wbh_late label.big"]);
  });

  law("a label that is changed or removed goes for what is published from then on", async (opened) => {
    await opened.create(webhook({ topics: ["label.*"] }));
    await opened.store.labels.create(label(), 10);
    await opened.publish(payment(5));
    expect(await opened.claim()).toHaveLength(0);
    await opened.store.labels.update("acme", "big", { when: [{ ...BIG, value: 2 }] });
    await opened.publish(payment(6));
    expect(await opened.claim()).toHaveLength(1);
    await opened.store.labels.remove("acme", "big");
    await opened.publish(payment(7));
    expect(await opened.claim()).toHaveLength(0);
  });
}

function labelRecordLaws(law: Law): void {
  law("labels are kept by account and name, and no more than there may be", async (opened) => {
    const { labels } = opened.store;
    const [one, two] = [
      label({ name: "b_two" }),
      label({ name: "a_one", account: "acme", description: "d" }),
    ];
    await labels.create(one, 2);
    await labels.create(two, 2);
    await labels.create(label({ account: "other" }), 2);
    expect(await labels.list("acme")).toEqual([two, one]);
    await expect(labels.create(label({ name: "b_two" }), 9)).rejects.toMatchObject({ code: "label_exists" });
    await expect(labels.create(label({ name: "third" }), 2)).rejects.toMatchObject({ code: "limit_reached" });
    expect(await labels.update("acme", "b_two", { pattern: "c.*" })).toEqual({ ...one, pattern: "c.*" });
    expect(await labels.update("other", "b_two", { pattern: "c.*" })).toBeNull();
    expect(await labels.remove("other", "a_one")).toBe(false);
    expect(await labels.remove("acme", "a_one")).toBe(true);
    expect(await labels.list("acme")).toEqual([{ ...one, pattern: "c.*" }]);
    expect(await labels.list("nobody")).toEqual([]);
  });

  law("write keys are found by their hash alone, until they are removed by who has them", async (opened) => {
    const { writeKeys } = opened.store;
    const key = (id: string, account = "acme") => ({
      id,
      account,
      hash: id.repeat(8),
      hint: "abcd",
      description: "",
      created: 1,
    });
    await writeKeys.create(key("wky_1"), 2);
    await writeKeys.create(key("wky_2"), 2);
    await writeKeys.create(key("wky_3", "other"), 2);
    await expect(writeKeys.create(key("wky_4"), 2)).rejects.toMatchObject({ code: "limit_reached" });
    expect(await writeKeys.find(key("wky_3").hash)).toEqual(key("wky_3", "other"));
    expect(await writeKeys.find("wky_1")).toBeNull();
    expect(await writeKeys.list("acme")).toEqual([key("wky_1"), key("wky_2")]);
    expect(await writeKeys.remove("other", "wky_1")).toBe(false);
    expect(await writeKeys.remove("acme", "wky_1")).toBe(true);
    expect(await writeKeys.find(key("wky_1").hash)).toBeNull();
    expect(await writeKeys.list("acme")).toEqual([key("wky_2")]);
  });
}
