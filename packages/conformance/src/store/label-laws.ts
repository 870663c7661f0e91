import { expect } from "vitest";
import { BIG, claimed, label, PRO, payment } from "./label-events.ts";
import type { Law } from "./law.ts";
import { event, webhook } from "./opened.ts";

/** What a store makes of labels, and how it keeps them. */
export function labelLaws(law: Law): void {
  labeledLaws(law);
  recordLaws(law);
}

function labeledLaws(law: Law): void {
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

  law("an event of which labels would make too much is refused, and the others are kept", async (opened) => {
    await opened.create(webhook({ id: "wbh_l", topics: ["label.*"] }), webhook({ id: "wbh_a" }));
    for (let n = 0; n < 20; n++) await opened.store.labels.create(label({ name: `l_${n}`, when: [] }), 100);
    const text = "x".repeat(60_000);
    const large = JSON.stringify({
      topic: "a.b",
      created: "2026-01-01T00:00:00+00:00",
      data: text,
      meta: null,
    });
    const [one, refused, two] = await opened.publish(
      payment(1),
      event({ id: "evt_large", body: large }),
      payment(2),
    );
    expect(refused).toMatchObject({ id: "evt_large", refused: { code: "event_too_large" } });
    expect([one, two]).toMatchObject([{ deliveries: 1 }, { deliveries: 1 }]);
    const { items } = await opened.store.deliveries.list({}, { limit: 1000 });
    expect(items).toHaveLength(42);
  });

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

function recordLaws(law: Law): void {
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
