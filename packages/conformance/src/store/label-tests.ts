import { expect } from "vitest";
import { AMOUNT_IS_BIG, claimTopics, createLabel, createPayment, PLAN_IS_PRO } from "./label-events.ts";
import type { StoreTest } from "./store-test.ts";
import { createEvent, createWebhook } from "./test-store.ts";

/** Labels and the events that they derive. */
export function testLabels(storeTest: StoreTest): void {
  testDerivedEvents(storeTest);
  testLabelRecords(storeTest);
}

function testDerivedEvents(storeTest: StoreTest): void {
  storeTest(
    "a label derives an event from a matching event, with its data and a reference to it",
    async (opened) => {
      await opened.create(
        createWebhook({ id: "wbh_raw" }),
        createWebhook({ id: "wbh_label", topics: ["label.*"] }),
        createWebhook({ id: "wbh_any", topics: ["**"] }),
      );
      await opened.store.labels.create(createLabel(), 10);
      const published = await opened.publish(
        createPayment(5),
        createPayment(100, { traceparent: "00-1-1-01" }),
      );
      expect(published).toEqual([
        { id: "evt_5", deliveryCount: 2, duplicate: false },
        { id: "evt_100", deliveryCount: 2, duplicate: false },
      ]);
      const claims = await opened.claim();
      const [derived, ...others] = claims.filter((claim) => claim.webhook === "wbh_label");
      expect(others).toEqual([]);
      expect(derived?.topic).toBe("label.big");
      expect(derived?.traceparent).toBe("00-1-1-01");
      expect(JSON.parse(derived?.body ?? "")).toEqual({
        topic: "label.big",
        created: "2026-01-01T00:00:00+00:00",
        data: { amount: 100 },
        meta: { from: "shop", raw: { topic: "a.b", id: "evt_100" } },
        id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
      });
      expect(claims).toHaveLength(5);
    },
  );

  storeTest(
    "labels combine with the conditions of webhooks, and read the user's properties",
    async (opened) => {
      await opened.create(
        createWebhook({ id: "wbh_w", topics: ["label.pro"], conditions: [AMOUNT_IS_BIG] }),
        createWebhook({ id: "wbh_x", topics: ["label.*"] }),
      );
      await opened.store.labels.create(createLabel({ name: "pro", conditions: [PLAN_IS_PRO] }), 10);
      await opened.store.users.addProperties("acme", "u", { plan: "pro" });
      await opened.publish(
        createPayment(1, { user: "u" }),
        createPayment(100, { user: "u" }),
        createPayment(200),
      );
      expect(await claimTopics(opened)).toEqual(["wbh_w label.pro", "wbh_x label.pro", "wbh_x label.pro"]);
      const users = (await opened.store.deliveries.list({}, {})).data.map(({ event: { topic } }) => topic);
      expect(new Set(users)).toEqual(new Set(["label.pro"]));
    },
  );

  storeTest("labels match neither the sender's own events nor targeted events", async (opened) => {
    await opened.create(createWebhook({ id: "wbh_label", topics: ["label.*"] }));
    for (const [name, pattern] of [
      ["every", "**"],
      ["again", "label.**"],
      ["failing", "webhook.**"],
    ] as const)
      await opened.store.labels.create(createLabel({ name, pattern, conditions: [] }), 10);
    await opened.publish(createEvent({ topic: "webhook.disabled" }), createEvent({ webhook: "wbh_label" }));
    expect(await claimTopics(opened)).toEqual(["wbh_label a.b"]);
    await opened.publish(createEvent());
    expect(await claimTopics(opened)).toEqual(["wbh_label label.every"]);
  });

  storeTest(
    "an event and its derived events are published once, and rejected together",
    async (opened) => {
      await opened.create(
        createWebhook({ id: "wbh_l", topics: ["label.*"] }),
        createWebhook({ id: "wbh_a" }),
      );
      await opened.store.labels.create(createLabel({ conditions: [] }), 10);
      const key = { id: "k", idempotent: true } as const;
      const published = await opened.publish(createPayment(1, key), createPayment(1, key));
      expect(published.map((result) => "duplicate" in result && result.duplicate)).toEqual([false, true]);
      await opened.publish(createPayment(1, key));
      expect(await claimTopics(opened)).toEqual(["wbh_a a.b", "wbh_l label.big"]);
      const [second, third] = await opened.publish(createPayment(2), createPayment(3));
      expect([second, third]).toMatchObject([{ deliveryCount: 1 }, { error: { code: "limit_reached" } }]);
      expect(await claimTopics(opened)).toEqual(["wbh_a a.b", "wbh_l label.big"]);
    },
    { maxPending: 5 },
  );

  storeTest(
    "an event whose derived events would be too large is rejected, and the others are stored",
    async (opened) => {
      await opened.create(
        createWebhook({ id: "wbh_l", topics: ["label.*"] }),
        createWebhook({ id: "wbh_a" }),
      );
      for (let n = 0; n < 20; n++)
        await opened.store.labels.create(createLabel({ name: `l_${n}`, conditions: [] }), 100);
      const text = "x".repeat(60_000);
      const large = JSON.stringify({
        topic: "a.b",
        created: "2026-01-01T00:00:00+00:00",
        data: text,
        meta: null,
      });
      const [firstResult, tooLarge, secondResult] = await opened.publish(
        createPayment(1),
        createEvent({ id: "evt_large", body: large }),
        createPayment(2),
      );
      expect(tooLarge).toMatchObject({ id: "evt_large", error: { code: "event_too_large" } });
      expect([firstResult, secondResult]).toMatchObject([{ deliveryCount: 1 }, { deliveryCount: 1 }]);
      const { data } = await opened.store.deliveries.list({}, { limit: 1000 });
      expect(data).toHaveLength(42);
    },
  );

  storeTest("derived events are recovered, too", async (opened) => {
    const own = createWebhook({ id: "wbh_late", topics: ["label.*"], enabled: false, disabledBy: "owner" });
    await opened.create(own);
    await opened.store.labels.create(createLabel({ conditions: [] }), 10);
    await opened.publish(createPayment(1));
    await opened.store.webhooks.update(own.id, 1, { enabled: true, disabledBy: null });
    await opened.store.deliveries.recover(own.id, 10_000, 100, null);
    expect(await claimTopics(opened)).toEqual(["wbh_late label.big"]);
  });

  storeTest("changing or deleting a label applies to events published afterwards", async (opened) => {
    await opened.create(createWebhook({ topics: ["label.*"] }));
    await opened.store.labels.create(createLabel(), 10);
    await opened.publish(createPayment(5));
    expect(await opened.claim()).toHaveLength(0);
    await opened.store.labels.update("acme", "big", { conditions: [{ ...AMOUNT_IS_BIG, value: 2 }] });
    await opened.publish(createPayment(6));
    expect(await opened.claim()).toHaveLength(1);
    await opened.store.labels.delete("acme", "big");
    await opened.publish(createPayment(7));
    expect(await opened.claim()).toHaveLength(0);
  });
}

function testLabelRecords(storeTest: StoreTest): void {
  storeTest("labels are stored by account and name, up to the limit", async (opened) => {
    const { labels } = opened.store;
    const [labelB, labelA] = [
      createLabel({ name: "b_two" }),
      createLabel({ name: "a_one", account: "acme", description: "d" }),
    ];
    await labels.create(labelB, 2);
    await labels.create(labelA, 2);
    await labels.create(createLabel({ account: "other" }), 2);
    expect(await labels.list("acme")).toEqual([labelA, labelB]);
    await expect(labels.create(createLabel({ name: "b_two" }), 9)).rejects.toMatchObject({
      code: "label_exists",
    });
    await expect(labels.create(createLabel({ name: "third" }), 2)).rejects.toMatchObject({
      code: "limit_reached",
    });
    expect(await labels.update("acme", "b_two", { pattern: "c.*" })).toEqual({ ...labelB, pattern: "c.*" });
    expect(await labels.update("other", "b_two", { pattern: "c.*" })).toBeNull();
    expect(await labels.delete("other", "a_one")).toBe(false);
    expect(await labels.delete("acme", "a_one")).toBe(true);
    expect(await labels.list("acme")).toEqual([{ ...labelB, pattern: "c.*" }]);
    expect(await labels.list("unknown")).toEqual([]);
  });

  storeTest("write keys are found only by their hash, until their account deletes them", async (opened) => {
    const { writeKeys } = opened.store;
    const key = (id: string, account = "acme") => ({
      id,
      account,
      hash: id.repeat(8),
      lastFour: "abcd",
      description: "",
      createdAt: 1,
    });
    await writeKeys.create(key("wky_1"), 2);
    await writeKeys.create(key("wky_2"), 2);
    await writeKeys.create(key("wky_3", "other"), 2);
    await expect(writeKeys.create(key("wky_4"), 2)).rejects.toMatchObject({ code: "limit_reached" });
    expect(await writeKeys.find(key("wky_3").hash)).toEqual(key("wky_3", "other"));
    expect(await writeKeys.find("wky_1")).toBeNull();
    expect(await writeKeys.list("acme")).toEqual([key("wky_1"), key("wky_2")]);
    expect(await writeKeys.delete("other", "wky_1")).toBe(false);
    expect(await writeKeys.delete("acme", "wky_1")).toBe(true);
    expect(await writeKeys.find(key("wky_1").hash)).toBeNull();
    expect(await writeKeys.list("acme")).toEqual([key("wky_2")]);
  });
}
