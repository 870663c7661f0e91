import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HostsFile } from "../src/egress/hosts-file.ts";
import { type LookupListener, Resolver, type ResolverOptions } from "../src/egress/resolver.ts";
import { NameServer, type Zone } from "./name-server.ts";
import { createTempFolder } from "./temp-folder.ts";
import { waitFor } from "./wait-for.ts";

const DEAD: Zone = { silent: ["A", "AAAA"] };
const ONE: Zone = { A: ["192.0.2.1"] };

/** A resolver of its own, that asks a name server of its own. */
async function opened(
  zones: Readonly<Record<string, Zone | ((query: number) => Zone)>>,
  options: ResolverOptions = {},
): Promise<{ server: NameServer; resolver: Resolver } & AsyncDisposable> {
  const server = await NameServer.open();
  for (const [name, zone] of Object.entries(zones)) server.zones.set(name, zone);
  const resolver = new Resolver({ servers: [server.address], ...options });
  return { server, resolver, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** All addresses of a name in the order in which they came, or the code of the error. */
function look(resolver: Resolver, name: string, account = "acme"): Promise<readonly string[] | string> {
  const found: string[] = [];
  return new Promise((done) =>
    resolver.lookup(name, {
      account,
      found: (addresses) => found.push(...addresses),
      ended: (error) => done(error?.code ?? found),
    }),
  );
}

/** A listener that may leave. */
function waits(account: string, to: Partial<LookupListener> = {}): LookupListener {
  return { account, found() {}, ended() {}, ...to };
}

describe("names", () => {
  test("have the addresses of both families", async () => {
    await using opening = await opened({ "hook.test": { A: ["192.0.2.1"], AAAA: ["2001:db8::1"] } });
    expect(new Set(await look(opening.resolver, "hook.test"))).toEqual(new Set(["192.0.2.1", "2001:db8::1"]));
  });

  test.each([
    ["does not exist", { rcode: "NXDOMAIN" }, "ENOTFOUND"],
    ["has no address", {}, "ENODATA"],
    ["has a name server that fails", { rcode: "SERVFAIL" }, "ESERVFAIL"],
    ["has a name server that does not answer", DEAD, "ETIMEOUT"],
    ["fails for one family, and has nothing in the other", { silent: ["AAAA"] }, "ETIMEOUT"],
  ] as const)("one that %s fails with the code that says so", async (_, zone, code) => {
    await using opening = await opened({ "hook.test": zone }, { maxLookupMs: 500 });
    expect(await look(opening.resolver, "hook.test")).toBe(code);
  });

  test.each([
    ["AAAA", "fails", { A: ["192.0.2.1"], rcode: "SERVFAIL" }, ["192.0.2.1"]],
    ["A", "fails", { AAAA: ["2001:db8::1"], rcode: "SERVFAIL" }, ["2001:db8::1"]],
    ["AAAA", "hangs", { A: ["192.0.2.1"], silent: ["AAAA"] }, ["192.0.2.1"]],
    ["A", "hangs", { AAAA: ["2001:db8::1"], silent: ["A"] }, ["2001:db8::1"]],
  ] as const)(
    "whose %s %s have the addresses of the other family, long before the end",
    async (_, __, zone, addresses) => {
      await using opening = await opened({ "hook.test": zone });
      const found = await new Promise((done) => {
        opening.resolver.lookup("hook.test", waits("acme", { found: done, ended: () => done("ended") }));
      });
      expect(found).toEqual(addresses);
    },
  );

  test("whose name server takes three seconds, or fails after them, have its answer", async () => {
    await using opening = await opened({
      "slow.test": { ...ONE, delayMs: 3000 },
      "failing.test": { rcode: "SERVFAIL", delayMs: 3000 },
    });
    const names = ["slow.test", "failing.test"].map((name) => look(opening.resolver, name));
    expect(await Promise.all(names)).toEqual([["192.0.2.1"], "ESERVFAIL"]);
  }, 30_000);

  test("are found by the second name server while the first does not answer", async () => {
    await using silent = await NameServer.open();
    silent.zones.set("hook.test", DEAD);
    await using server = await NameServer.open();
    server.zones.set("hook.test", ONE);
    const resolver = new Resolver({ servers: [silent.address, server.address] });
    expect(await look(resolver, "hook.test")).toEqual(["192.0.2.1"]);
    expect(silent.queries.toSorted()).toEqual(["A hook.test", "AAAA hook.test"]);
  });

  test("addresses that come late are passed on", async () => {
    const zone = { A: ["192.0.2.1"], AAAA: ["2001:db8::1"], delayMs: { AAAA: 400 } };
    await using opening = await opened({ "hook.test": zone });
    const found: (readonly string[])[] = [];
    await new Promise<void>((done) => {
      const ended = (): void => done();
      opening.resolver.lookup(
        "hook.test",
        waits("acme", { found: (addresses) => found.push(addresses), ended }),
      );
    });
    expect(found).toEqual([["192.0.2.1"], ["2001:db8::1"]]);
  });

  test("localhost is this machine, and the name server is not asked", async () => {
    await using opening = await opened({ localhost: ONE, "app.localhost": ONE });
    for (const name of ["localhost", "app.localhost", "LOCALHOST."])
      expect(await look(opening.resolver, name)).toEqual(["127.0.0.1", "::1"]);
    expect(opening.server.queries).toEqual([]);
  });

  test("of the hosts file come before those of the name server", async () => {
    const path = join(createTempFolder(), "hosts");
    writeFileSync(path, "192.0.2.77 Hook.test");
    await using opening = await opened(
      { "hook.test": ONE, "other.test": ONE },
      { hosts: new HostsFile(path) },
    );
    expect(await look(opening.resolver, "hook.test.")).toEqual(["192.0.2.77"]);
    expect(await look(opening.resolver, "other.test")).toEqual(["192.0.2.1"]);
    expect(opening.server.queries.filter((query) => query.includes("hook"))).toEqual([]);
  });

  test("with a dot at the end, and in capitals, are the same", async () => {
    await using opening = await opened({ "hook.test": ONE });
    const all = await Promise.all(
      ["hook.test", "hook.test.", "HOOK.test"].map((name) => look(opening.resolver, name)),
    );
    expect(all).toEqual([["192.0.2.1"], ["192.0.2.1"], ["192.0.2.1"]]);
    expect(opening.server.queries.toSorted()).toEqual(["A hook.test", "AAAA hook.test"]);
  });
});

describe("the cache", () => {
  /** What the name server was asked when the same name is looked up again after so long. */
  async function asked(zone: Zone, afterMs: number): Promise<number> {
    let now = 0;
    await using opening = await opened({ "hook.test": zone }, { now: () => now, maxLookupMs: 300 });
    const first = await look(opening.resolver, "hook.test");
    const queries = opening.server.queries.length;
    now = afterMs;
    expect(await look(opening.resolver, "hook.test")).toEqual(first);
    return opening.server.queries.length - queries;
  }

  test.each([
    ["within its time to live", { ...ONE, ttl: 10 }, 9999, 0],
    ["after its time to live", { ...ONE, ttl: 10 }, 10_000, 2],
    ["with a time to live of zero", { ...ONE, ttl: 0 }, 0, 2],
    ["with a long time to live, within 30 s", { ...ONE, ttl: 86_400 }, 29_999, 0],
    ["with a long time to live, after 30 s", { ...ONE, ttl: 86_400 }, 30_000, 2],
    ["of which one family is not answered, within 2 s", { ...ONE, ttl: 10, silent: ["AAAA"] }, 1999, 0],
    ["of which one family is not answered, after 2 s", { ...ONE, ttl: 10, silent: ["AAAA"] }, 2000, 2],
    ["that does not exist, within 2 s", { rcode: "NXDOMAIN" }, 1999, 0],
    ["that does not exist, after 2 s", { rcode: "NXDOMAIN" }, 2000, 2],
    ["whose name server does not answer, within 2 s", DEAD, 1999, 0],
    ["whose name server does not answer, after 2 s", DEAD, 2000, 2],
  ] as const)("a name %s", async (_, zone, afterMs, queries) => {
    expect(await asked(zone, afterMs)).toBe(queries);
  });

  test("the shorter time to live of the two families counts", async () => {
    let now = 0;
    const zone = (query: number): Zone => ({
      A: ["192.0.2.1"],
      AAAA: ["2001:db8::1"],
      ttl: query === 1 ? 5 : 20,
    });
    await using opening = await opened({ "hook.test": zone }, { now: () => now });
    await look(opening.resolver, "hook.test");
    now = 5000;
    await look(opening.resolver, "hook.test");
    expect(opening.server.queries).toHaveLength(4);
  });

  test("is bounded, and keeps what is used", async () => {
    await using opening = await opened({ "*.test": ONE }, { maxCached: 3 });
    for (const name of ["a.test", "b.test", "c.test", "a.test", "d.test", "a.test"])
      await look(opening.resolver, name);
    expect(opening.resolver.size.cached).toBe(3);
    expect(opening.server.queries.filter((query) => query === "A a.test")).toHaveLength(1);
    await look(opening.resolver, "b.test");
    expect(opening.server.queries.filter((query) => query === "A b.test")).toHaveLength(2);
  });
});

describe("places", () => {
  test("a name is looked up once at a time, for all listeners", async () => {
    await using opening = await opened({ "hook.test": { ...ONE, ttl: 0, delayMs: 100 } });
    const accounts = Array.from({ length: 50 }, (_, index) => `account ${index}`);
    const all = await Promise.all(accounts.map((account) => look(opening.resolver, "hook.test", account)));
    expect(new Set(all.map(String))).toEqual(new Set(["192.0.2.1"]));
    expect(opening.server.queries).toHaveLength(2);
  });

  test("an account has a few of them, and all accounts together a bounded number", async () => {
    const limits = { quick: 5, slow: 2, perAccount: 2 };
    await using opening = await opened({ "*.test": { ...ONE, delayMs: 30 } }, { limits });
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    await Promise.all(names.map((name) => look(opening.resolver, `${name}.test`, "acme")));
    // Two families each.
    expect(opening.server.maxActiveQueries).toBeLessThanOrEqual(4);
    const all = ["a", "b", "c", "d"].flatMap((account) =>
      names.map((name) => look(opening.resolver, `${account}${name}.test`, account)),
    );
    await Promise.all(all);
    expect(opening.server.maxActiveQueries).toBeLessThanOrEqual(10);
    expect(opening.resolver.size).toMatchObject({ running: 0, waiting: 0 });
  });

  test("1000 dead names of one account delay no look-up of another", async () => {
    await using opening = await opened({ "*.dead.test": DEAD, "*.good.test": ONE });
    const leave = Array.from({ length: 1000 }, (_, index) =>
      opening.resolver.lookup(`n${index}.dead.test`, waits("mallory")),
    );
    for (let index = 0; index < 20; index++)
      expect(await look(opening.resolver, `n${index}.good.test`, "acme")).toEqual(["192.0.2.1"]);
    // The account's own dead names were still there, all of the time.
    expect(opening.resolver.size).toMatchObject({ running: 4, waiting: 996 });
    for (const stop of leave) stop();
    expect(opening.resolver.size).toMatchObject({ running: 0, waiting: 0 });
  });

  test("with all of them taken, the accounts that wait are served in turn", async () => {
    const limits = { quick: 2, slow: 2, perAccount: 2 };
    await using opening = await opened({ "*.test": { ...ONE, delayMs: 10 } }, { limits });
    const order: string[] = [];
    const all = ["a", "a", "a", "a", "a", "a", "b", "b", "c"].map(async (account, index) => {
      await look(opening.resolver, `n${index}.test`, account);
      order.push(account);
    });
    await Promise.all(all);
    // Two of `a` had places before the others came; then each has its turn.
    expect(order.slice(0, 2)).toEqual(["a", "a"]);
    expect(order.slice(2, 5).toSorted()).toEqual(["a", "b", "c"]);
  });

  test("dead names of forty accounts delay no look-up of another account", async () => {
    // The dead names keep their places for the whole test.
    const options = { maxLookupMs: 600_000, maxWaitMs: 20_000 };
    await using opening = await opened({ "*.dead.test": DEAD, "*.good.test": ONE }, options);
    const stop = Array.from({ length: 40 }, (_, account) =>
      Array.from({ length: 10 }, (__, index) =>
        opening.resolver.lookup(`n${account}-${index}.dead.test`, waits(`dead ${account}`)),
      ),
    ).flat();
    for (let index = 0; index < 20; index++)
      expect(await look(opening.resolver, `n${index}.good.test`, "acme")).toEqual(["192.0.2.1"]);
    const { running, waiting } = opening.resolver.size;
    expect(running + waiting).toBe(400);
    for (const leave of stop) leave();
    expect(opening.resolver.size).toMatchObject({ running: 0, waiting: 0 });
  }, 60_000);

  test("names that were slow leave half of their account's places to its other names", async () => {
    const options = { limits: { quick: 10, slow: 10, perAccount: 4 }, maxLookupMs: 2000, maxWaitMs: 20_000 };
    await using opening = await opened({ "*.dead.test": DEAD, "*.good.test": ONE }, options);
    const names = ["a", "b", "c", "d"].map((name) => `${name}.dead.test`);
    await Promise.all(names.map((name) => look(opening.resolver, name)));
    // The failures are cached for 2 s.
    await waitFor(async () => {
      const stop = names.map((name) => opening.resolver.lookup(name, waits("acme")));
      const { running, waiting } = opening.resolver.size;
      if (running + waiting === names.length) return true;
      for (const leave of stop) leave();
      return undefined;
    });
    expect(opening.resolver.size).toMatchObject({ running: 2, waiting: 2 });
    expect(await look(opening.resolver, "a.good.test")).toEqual(["192.0.2.1"]);
    expect(opening.resolver.size).toMatchObject({ running: 2, waiting: 2 });
  }, 30_000);

  test("a name that was slow once, and then is not, is looked up like any other", async () => {
    const limits = { quick: 1, slow: 1, perAccount: 2 };
    let now = 0;
    const zone = (query: number): Zone => (query <= 4 ? { ...ONE, delayMs: 1700 } : { ...ONE, ttl: 1 });
    const options = { limits, now: () => now, maxWaitMs: 100 };
    await using opening = await opened({ "hook.test": zone, "dead.test": DEAD }, options);
    const again = async (): Promise<readonly string[] | string> => {
      now += 60_000;
      return look(opening.resolver, "hook.test");
    };
    expect(await again()).toEqual(["192.0.2.1"]);
    expect(await again()).toEqual(["192.0.2.1"]);
    // With the other kind of place taken.
    const stop = opening.resolver.lookup("dead.test", waits("acme"));
    expect(await again()).toBe("EAGAIN");
    stop();
  }, 30_000);

  test("a name that a crowded account waits for is not slower for another", async () => {
    const limits = { quick: 10, slow: 5, perAccount: 1 };
    await using opening = await opened({ "*.dead.test": DEAD, "hook.test": ONE }, { limits });
    const leave = Array.from({ length: 50 }, (_, index) =>
      opening.resolver.lookup(`n${index}.dead.test`, waits("mallory")),
    );
    const crowded = look(opening.resolver, "hook.test", "mallory");
    expect(await look(opening.resolver, "hook.test", "acme")).toEqual(["192.0.2.1"]);
    expect(await crowded).toEqual(["192.0.2.1"]);
    for (const stop of leave) stop();
  });

  test("waiting for one is not a failure of the name: it ends with a code of its own, and is not cached", async () => {
    const limits = { quick: 1, slow: 1, perAccount: 1 };
    await using opening = await opened({ "dead.test": DEAD, "hook.test": ONE }, { limits, maxWaitMs: 50 });
    const stop = opening.resolver.lookup("dead.test", waits("acme"));
    expect(await look(opening.resolver, "hook.test")).toBe("EAGAIN");
    stop();
    expect(await look(opening.resolver, "hook.test")).toEqual(["192.0.2.1"]);
  });
});

describe("cancelling", () => {
  test("a look-up ends when its last listener leaves, and another name's goes on", async () => {
    await using opening = await opened({ "dead.test": DEAD, "hook.test": { ...ONE, delayMs: 300 } });
    const [first, second] = ["acme", "globex"].map((account) =>
      opening.resolver.lookup("dead.test", waits(account)),
    );
    const other = look(opening.resolver, "hook.test");
    first?.();
    first?.();
    expect(opening.resolver.size.running).toBe(2);
    second?.();
    expect(opening.resolver.size.running).toBe(1);
    expect(await other).toEqual(["192.0.2.1"]);
    // Nothing was learned of the name, so the next asks again.
    const queries = opening.server.queries.length;
    const stop = opening.resolver.lookup("dead.test", waits("acme"));
    await waitFor(async () => opening.server.queries.length >= queries + 2 || undefined);
    stop();
  });

  test("a listener that has left is not called", async () => {
    await using opening = await opened({ "hook.test": { ...ONE, delayMs: 50 } });
    const calls: string[] = [];
    const listener = waits("acme", { found: () => calls.push("found"), ended: () => calls.push("ended") });
    opening.resolver.lookup("hook.test", listener)();
    await look(opening.resolver, "hook.test");
    expect(calls).toEqual([]);
  });

  test("addresses that were found before the last listener left are cached", async () => {
    await using opening = await opened({ "hook.test": { ...ONE, silent: ["AAAA"] } });
    let stop = (): void => {};
    await new Promise<void>((found) => {
      stop = opening.resolver.lookup("hook.test", waits("acme", { found: () => found() }));
    });
    stop();
    expect(opening.resolver.size).toMatchObject({ running: 0, cached: 1 });
    expect(await look(opening.resolver, "hook.test")).toEqual(["192.0.2.1"]);
  });
});
