import { expect } from "vitest";
import type { Law } from "./law.ts";
import { event, webhook } from "./opened.ts";

/** What a store keeps of events when they are published. */
export function publishLaws(law: Law): void {
  law(
    "an event makes one delivery for each webhook that matches, whichever patterns it has",
    async (opened) => {
      await opened.create(
        webhook({ id: "wbh_x", topics: ["a.*", "a.b", "**"] }),
        webhook({ id: "wbh_y", topics: ["c.d", "*"] }),
        webhook({ id: "wbh_z", topics: ["c.d"] }),
        webhook({ id: "wbh_q", account: "other" }),
      );
      const published = await opened.publish(event({ id: "evt_m" }));
      expect(published).toEqual([{ id: "evt_m", deliveries: 2, duplicate: false }]);
      expect((await opened.claim()).map((claim) => claim.webhook).sort()).toEqual(["wbh_x", "wbh_y"]);
    },
  );

  law("a body comes back byte for byte", async (opened) => {
    await opened.create(webhook());
    const body = '{ "n": 1.0, "é☃𝄞": "\\u00e9\\ud83d\\ude00", "n": 1e400, "z": 0, "a": 1 }';
    await opened.publish(event({ body }));
    expect((await opened.claim())[0]?.body).toBe(body);
  });

  law(
    "the same id of a caller's twice is once, in one publish and in two, and answers as the first did",
    async (opened) => {
      await opened.create(webhook());
      const first = await opened.publish(
        event({ id: "k", idempotent: true }),
        event({ id: "k", idempotent: true }),
      );
      const second = await opened.publish(event({ id: "k", idempotent: true, body: "{}" }));
      expect([...first, ...second]).toEqual([
        { id: "k", deliveries: 1, duplicate: false },
        { id: "k", deliveries: 1, duplicate: true },
        { id: "k", deliveries: 1, duplicate: true },
      ]);
      expect(await opened.claim()).toHaveLength(1);
    },
  );

  law("the same id of another account is another event", async (opened) => {
    await opened.create(webhook(), webhook({ account: "other" }));
    await opened.publish(event({ id: "k", idempotent: true }));
    const [published] = await opened.publish(event({ id: "k", idempotent: true, account: "other" }));
    expect(published).toMatchObject({ duplicate: false, deliveries: 1 });
  });

  law("user properties are those of the moment of publishing, whatever becomes of them", async (opened) => {
    await opened.create(webhook());
    await opened.store.users.addProperties("acme", "u", { plan: "free", seats: 1 });
    await opened.publish(event({ user: "u" }), event({ user: "nobody" }));
    await opened.store.users.addProperties("acme", "u", { plan: "pro" });
    await opened.publish(event({ user: "u" }));
    const users = (await opened.claim()).map(({ user }) => (user === null ? null : JSON.parse(user)));
    expect(users).toEqual([{ plan: "free", seats: 1 }, null, { plan: "pro", seats: 1 }]);
  });

  law("a webhook that is disabled gets no deliveries, unless the event is for it by name", async (opened) => {
    await opened.create(webhook({ id: "wbh_off", enabled: false, disabledBy: "owner" }));
    expect(await opened.publish(event({ id: "one" }))).toEqual([
      { id: "one", deliveries: 0, duplicate: false },
    ]);
    const [published] = await opened.publish(event({ id: "two", webhook: "wbh_off" }));
    expect(published).toMatchObject({ deliveries: 1 });
  });

  law(
    "an event over the account's pending deliveries is refused whole, and the others are kept",
    async (opened) => {
      await opened.create(webhook(), webhook());
      const [one, two, three] = await opened.publish(event(), event(), event({ topic: "x.y" }));
      expect(one).toMatchObject({ deliveries: 2 });
      expect(two).toMatchObject({ refused: { code: "limit_reached" } });
      expect(three).toMatchObject({ deliveries: 0 });
      expect(await opened.claim()).toHaveLength(2);
    },
    { maxPending: 3 },
  );

  law("with room, what may be attempted comes back as claims, and no more than that", async (opened) => {
    await opened.create(webhook({ concurrency: 2 }), webhook({ account: "other", concurrency: 5 }));
    const events = Array.from({ length: 4 }, () => [event(), event({ account: "other" })]).flat();
    const { claims } = await opened.store.publish(events, {
      room: { worker: "one", max: 5, leaseMs: 30_000 },
    });
    expect(claims.length).toBeLessThanOrEqual(5);
    const rest = await opened.claim();
    expect(new Set([...claims, ...rest].map(({ delivery }) => delivery)).size).toBe(
      claims.length + rest.length,
    );
    expect(claims.length + rest.length).toBe(6);
  });
}
