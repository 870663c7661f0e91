import { expect } from "vitest";
import type { StoreTest } from "./store-test.ts";
import { countBy, createEvent, createWebhook, LEASE_MS } from "./test-store.ts";

/** Which deliveries are claimed, and in what order. */
export function testClaims(storeTest: StoreTest): void {
  storeTest("no delivery has two live leases, with concurrent claims", async (opened) => {
    await opened.create(createWebhook({ concurrency: 1000 }));
    await opened.publish(...Array.from({ length: 100 }, () => createEvent()));
    const claims = (
      await Promise.all(Array.from({ length: 20 }, (_, i) => opened.claim(10, `w${i}`)))
    ).flat();
    expect(new Set(claims.map(({ delivery }) => delivery)).size).toBe(claims.length);
    expect(new Set(claims.map(({ lease }) => lease)).size).toBe(claims.length);
    expect(claims).toHaveLength(100);
  });

  storeTest("a claim returns max deliveries while there are enough", async (opened) => {
    await opened.create(createWebhook({ concurrency: 100 }));
    await opened.publish(...Array.from({ length: 30 }, () => createEvent()));
    expect(await opened.claim(20)).toHaveLength(20);
    expect(await opened.claim(20)).toHaveLength(10);
    expect(await opened.claim(20)).toEqual([]);
  });

  storeTest(
    "live leases of a webhook stay within its concurrency, over all claimants, and completing one frees a slot",
    async (opened) => {
      await opened.create(createWebhook({ concurrency: 3 }));
      await opened.publish(...Array.from({ length: 10 }, () => createEvent()));
      const claims = [...(await opened.claim(2, "one")), ...(await opened.claim(9, "two"))];
      expect(claims).toHaveLength(3);
      const [first] = claims;
      if (first === undefined) throw new Error("nothing was claimed");
      await opened.complete(first);
      expect(await opened.claim(9, "two")).toHaveLength(1);
    },
  );

  storeTest(
    "claims are distributed over accounts and over the webhooks of each, whatever the backlog",
    async (opened) => {
      const webhooks = ["noisy", "a", "b", "c"].map((account) =>
        createWebhook({ account, concurrency: 1000 }),
      );
      await opened.create(...webhooks, createWebhook({ id: "wbh_second", account: "a", concurrency: 1000 }));
      await opened.publish(...Array.from({ length: 200 }, () => createEvent({ account: "noisy" })));
      await opened.publish(
        ...["a", "b", "c"].flatMap((account) => Array.from({ length: 4 }, () => createEvent({ account }))),
      );
      const first = await opened.claim(8);
      expect(countBy(first, ({ account }) => account)).toEqual({ noisy: 2, a: 2, b: 2, c: 2 });
      expect(first.filter(({ webhook: id }) => id === "wbh_second")).toHaveLength(1);
      const second = await opened.claim(100);
      expect(countBy(second, ({ account }) => account)).toEqual({ noisy: 90, a: 6, b: 2, c: 2 });
    },
  );

  storeTest("an account is served within ⌈accounts / max⌉ + 1 claims", async (opened) => {
    const accounts = Array.from({ length: 25 }, (_, i) => `account${i}`);
    await opened.create(...accounts.map((account) => createWebhook({ account, concurrency: 1000 })));
    for (const account of accounts)
      await opened.publish(...Array.from({ length: 3 }, () => createEvent({ account })));
    const served = new Set<string>();
    for (let i = 0; i < Math.ceil(25 / 10) + 1; i++)
      for (const { account } of await opened.claim(10)) served.add(account);
    expect(served.size).toBe(25);
  });

  storeTest(
    "the deliveries of a webhook are claimed in the order of their events while none is retried",
    async (opened) => {
      await opened.create(createWebhook({ concurrency: 1 }));
      const events = Array.from({ length: 20 }, () => createEvent());
      await opened.publish(...events);
      const seen: string[] = [];
      for (let i = 0; i < 20; i++)
        for (const claim of await opened.claim(5)) {
          seen.push(claim.body);
          await opened.complete(claim);
        }
      expect(seen).toEqual(events.map(({ body }) => body));
    },
  );

  storeTest("a retry is due after its delay and not before, and counts its attempts", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(claim.attemptCount).toBe(0);
    await opened.retry(claim, 60_000);
    expect(await opened.store.nextDueIn()).toBe(60_000);
    await opened.advance(59_999);
    expect(await opened.claim()).toEqual([]);
    await opened.advance(1);
    const [retried] = await opened.claim();
    expect(retried).toMatchObject({ delivery: claim.delivery, attemptCount: 1, ageMs: 60_000 });
    expect(retried?.lease).not.toBe(claim.lease);
  });

  storeTest("a released delivery is due at once, as if it had not been claimed", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    await opened.complete(claim, "release");
    expect(await opened.claim()).toMatchObject([{ delivery: claim.delivery, attemptCount: 0 }]);
  });

  storeTest(
    "a rate limits claims per second, and nextDueIn says when the next one is possible",
    async (opened) => {
      await opened.create(createWebhook({ rateLimit: 2, concurrency: 100 }));
      await opened.publish(...Array.from({ length: 6 }, () => createEvent()));
      expect(await opened.claim()).toHaveLength(2);
      expect(await opened.store.nextDueIn()).toBeGreaterThan(0);
      await opened.advance(500);
      expect(await opened.claim()).toHaveLength(1);
      await opened.advance(10_000);
      expect(await opened.claim()).toHaveLength(2);
    },
  );

  storeTest(
    "nextDueIn is null when nothing is pending, and 0 when a delivery may be claimed",
    async (opened) => {
      await opened.create(createWebhook());
      expect(await opened.store.nextDueIn()).toBeNull();
      await opened.publish(createEvent());
      expect(await opened.store.nextDueIn()).toBe(0);
      const [claim] = await opened.claim();
      expect(await opened.store.nextDueIn()).toBeLessThanOrEqual(LEASE_MS);
      if (claim !== undefined) await opened.complete(claim);
      expect(await opened.store.nextDueIn()).toBeNull();
    },
  );

  storeTest(
    "no account is served twice while a requeued delivery of another account waits",
    async (opened) => {
      await opened.create(createWebhook({ account: "a" }), createWebhook({ account: "b" }));
      await opened.publish(createEvent({ account: "b" }), createEvent({ account: "a" }));
      const { expired } = await opened.store.expire(0, 100);
      const dead = expired.find(({ account }) => account === "a");
      await opened.publish(
        createEvent({ account: "b" }),
        createEvent({ account: "b" }),
        createEvent({ account: "a" }),
      );
      expect(await opened.store.deliveries.retry(dead?.delivery ?? "")).toBe(true);
      expect((await opened.claim(2)).map(({ account }) => account).sort()).toEqual(["a", "b"]);
    },
  );

  storeTest(
    "an account with a webhook whose next delivery must be loaded is not served twice for it",
    async (opened) => {
      const [first, second] = [createWebhook({ account: "a" }), createWebhook({ account: "a" })];
      await opened.create(first, second, createWebhook({ account: "b" }));
      await opened.publish(createEvent({ account: "a", webhook: first.id }), createEvent({ account: "b" }));
      await opened.publish(createEvent({ account: "a", webhook: first.id }));
      for (const claim of await opened.claim(2))
        if (claim.account === "b") await opened.complete(claim, "release");
      // A store may keep the deliveries of a paused webhook out of memory.
      await opened.store.setPause({ scope: "webhook", id: second.id, reason: "circuit_open", durationMs: 0 });
      await opened.publish(createEvent({ account: "a" }));
      expect((await opened.claim(2)).map(({ account }) => account).sort()).toEqual(["a", "b"]);
    },
  );
}
