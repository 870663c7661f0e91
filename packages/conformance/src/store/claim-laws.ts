import { expect } from "vitest";
import type { Law } from "./law.ts";
import { countsBy, event, LEASE, webhook } from "./opened.ts";

/** Which deliveries a store gives out, to whom, and in what order. */
export function claimLaws(law: Law): void {
  law("no delivery has two live leases, whoever claims", async (opened) => {
    await opened.create(webhook({ concurrency: 1000 }));
    await opened.publish(...Array.from({ length: 100 }, () => event()));
    const claims = (
      await Promise.all(Array.from({ length: 20 }, (_, i) => opened.claim(10, `w${i}`)))
    ).flat();
    expect(new Set(claims.map(({ delivery }) => delivery)).size).toBe(claims.length);
    expect(new Set(claims.map(({ lease }) => lease)).size).toBe(claims.length);
    expect(claims).toHaveLength(100);
  });

  law("a claim gives max while there are so many", async (opened) => {
    await opened.create(webhook({ concurrency: 100 }));
    await opened.publish(...Array.from({ length: 30 }, () => event()));
    expect(await opened.claim(20)).toHaveLength(20);
    expect(await opened.claim(20)).toHaveLength(10);
    expect(await opened.claim(20)).toEqual([]);
  });

  law(
    "live leases of a webhook stay within its concurrency, over all workers, and a settle makes room",
    async (opened) => {
      await opened.create(webhook({ concurrency: 3 }));
      await opened.publish(...Array.from({ length: 10 }, () => event()));
      const claims = [...(await opened.claim(2, "one")), ...(await opened.claim(9, "two"))];
      expect(claims).toHaveLength(3);
      const [first] = claims;
      if (first === undefined) throw new Error("nothing was claimed");
      await opened.settle(first);
      expect(await opened.claim(9, "two")).toHaveLength(1);
    },
  );

  law("accounts take turns, however much one of them has, and so do the webhooks of each", async (opened) => {
    const webhooks = ["noisy", "a", "b", "c"].map((account) => webhook({ account, concurrency: 1000 }));
    await opened.create(...webhooks, webhook({ id: "wbh_second", account: "a", concurrency: 1000 }));
    await opened.publish(...Array.from({ length: 200 }, () => event({ account: "noisy" })));
    await opened.publish(
      ...["a", "b", "c"].flatMap((account) => Array.from({ length: 4 }, () => event({ account }))),
    );
    const first = await opened.claim(8);
    expect(countsBy(first, ({ account }) => account)).toEqual({ noisy: 2, a: 2, b: 2, c: 2 });
    expect(first.filter(({ webhook: id }) => id === "wbh_second")).toHaveLength(1);
    const second = await opened.claim(100);
    expect(countsBy(second, ({ account }) => account)).toEqual({ noisy: 90, a: 6, b: 2, c: 2 });
  });

  law("an account is served within ⌈accounts / max⌉ + 1 claims", async (opened) => {
    const accounts = Array.from({ length: 25 }, (_, i) => `account${i}`);
    await opened.create(...accounts.map((account) => webhook({ account, concurrency: 1000 })));
    for (const account of accounts)
      await opened.publish(...Array.from({ length: 3 }, () => event({ account })));
    const served = new Set<string>();
    for (let i = 0; i < Math.ceil(25 / 10) + 1; i++)
      for (const { account } of await opened.claim(10)) served.add(account);
    expect(served.size).toBe(25);
  });

  law(
    "the deliveries of a webhook come in the order of their events while none is retried",
    async (opened) => {
      await opened.create(webhook({ concurrency: 1 }));
      const events = Array.from({ length: 20 }, () => event());
      await opened.publish(...events);
      const seen: string[] = [];
      for (let i = 0; i < 20; i++)
        for (const claim of await opened.claim(5)) {
          seen.push(claim.body);
          await opened.settle(claim);
        }
      expect(seen).toEqual(events.map(({ body }) => body));
    },
  );

  law("a retry is due after its delay and not before, and counts its attempts", async (opened) => {
    await opened.create(webhook());
    await opened.publish(event());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(claim.attempts).toBe(0);
    await opened.retry(claim, 60_000);
    expect(await opened.store.nextDueIn()).toBe(60_000);
    await opened.advance(59_999);
    expect(await opened.claim()).toEqual([]);
    await opened.advance(1);
    const [again] = await opened.claim();
    expect(again).toMatchObject({ delivery: claim.delivery, attempts: 1, ageMs: 60_000 });
    expect(again?.lease).not.toBe(claim.lease);
  });

  law("what is released is due at once, as if it had not been claimed", async (opened) => {
    await opened.create(webhook());
    await opened.publish(event());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    await opened.settle(claim, "release");
    expect(await opened.claim()).toMatchObject([{ delivery: claim.delivery, attempts: 0 }]);
  });

  law("a rate lets so many through in a second, and nextDueIn says when the next may go", async (opened) => {
    await opened.create(webhook({ rate: 2, concurrency: 100 }));
    await opened.publish(...Array.from({ length: 6 }, () => event()));
    expect(await opened.claim()).toHaveLength(2);
    expect(await opened.store.nextDueIn()).toBeGreaterThan(0);
    await opened.advance(500);
    expect(await opened.claim()).toHaveLength(1);
    await opened.advance(10_000);
    expect(await opened.claim()).toHaveLength(2);
  });

  law("nextDueIn is null when nothing is pending, and 0 when something may be claimed", async (opened) => {
    await opened.create(webhook());
    expect(await opened.store.nextDueIn()).toBeNull();
    await opened.publish(event());
    expect(await opened.store.nextDueIn()).toBe(0);
    const [claim] = await opened.claim();
    expect(await opened.store.nextDueIn()).toBeLessThanOrEqual(LEASE);
    if (claim !== undefined) await opened.settle(claim);
    expect(await opened.store.nextDueIn()).toBeNull();
  });

  law("nobody is served twice while another's delivery waits that was made pending again", async (opened) => {
    await opened.create(webhook({ account: "a" }), webhook({ account: "b" }));
    await opened.publish(event({ account: "b" }), event({ account: "a" }));
    const { expired } = await opened.store.expire(0, 100);
    const dead = expired.find(({ account }) => account === "a");
    await opened.publish(event({ account: "b" }), event({ account: "b" }), event({ account: "a" }));
    expect(await opened.store.deliveries.retry(dead?.delivery ?? "")).toBe(true);
    expect((await opened.claim(2)).map(({ account }) => account).sort()).toEqual(["a", "b"]);
  });

  law("an account of which one webhook's next must be fetched has no second turn for it", async (opened) => {
    const [first, second] = [webhook({ account: "a" }), webhook({ account: "a" })];
    await opened.create(first, second, webhook({ account: "b" }));
    await opened.publish(event({ account: "a", webhook: first.id }), event({ account: "b" }));
    await opened.publish(event({ account: "a", webhook: first.id }));
    for (const claim of await opened.claim(2))
      if (claim.account === "b") await opened.settle(claim, "release");
    // A store may keep what is behind a gate out of its memory.
    await opened.store.gate({ scope: "webhook", id: second.id, gate: "circuit", closedMs: 0 });
    await opened.publish(event({ account: "a" }));
    expect((await opened.claim(2)).map(({ account }) => account).sort()).toEqual(["a", "b"]);
  });
}
