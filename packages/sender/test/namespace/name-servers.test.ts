import { expect, test } from "vitest";
import type { Figures } from "./beside.ts";
import { describeInNamespace, type RunInNamespace } from "./namespace.ts";

// A situation takes 3 to 20 s here, most of it waiting, so they run beside each other.
const LIMIT_MS = 120_000;

const FORBIDDEN = expect.stringContaining("has no address on the public internet");
const reached = { firstMs: expect.any(Number), reasons: [] };
const failed = (reason: string): object => ({ firstMs: null, reasons: [expect.stringContaining(reason)] });

/** The figures by host. No situation may affect the other customers. */
async function hostsOf(run: RunInNamespace, situation: string): Promise<Figures["hosts"]> {
  const { good, lookups, hosts, inside } = (await run("situations.ts", situation)) as Figures;
  expect(good).toMatchObject({ missing: 0, late: 0, failedAttempts: 0, failing: 0 });
  expect(good.deliveries).toBeGreaterThan(0);
  expect(lookups.made).toBeGreaterThan(0);
  expect(lookups.slowestMs).toBeLessThan(5000);
  expect(inside).toBe(0);
  return hosts;
}

describeInNamespace("customers whose names are in trouble", { wire: false }, (run) => {
  test.concurrent(
    "a name server that never answers delays no other customer",
    async () => {
      const hosts = await hostsOf(run, "dead");
      expect(Object.values(hosts)).toEqual(Array(10).fill(failed("ETIMEOUT: ")));
    },
    LIMIT_MS,
  );

  test.concurrent(
    "forty accounts with dead name servers delay no other account",
    async () => {
      const hosts = await hostsOf(run, "dead-accounts");
      expect(Object.values(hosts)).toHaveLength(200);
    },
    LIMIT_MS,
  );

  test.concurrent(
    "a name server that fails after a while delays no other customer",
    async () => {
      const hosts = await hostsOf(run, "slow");
      expect(Object.values(hosts)).toEqual(Array(10).fill(failed("ESERVFAIL: ")));
    },
    LIMIT_MS,
  );

  test.concurrent(
    "a name that cannot be looked up is a failed attempt with the reason",
    async () => {
      expect(await hostsOf(run, "failing")).toEqual({
        "a.bad.test": failed("ESERVFAIL: "),
        "b.bad.test": failed("ENOTFOUND: "),
        "c.bad.test": failed("ENODATA: "),
      });
    },
    LIMIT_MS,
  );

  test.concurrent(
    "a name that leads inside every other time is reached outside only",
    async () => {
      expect(await hostsOf(run, "changing")).toEqual({
        "bad.test": { firstMs: expect.any(Number), reasons: [FORBIDDEN] },
      });
    },
    LIMIT_MS,
  );

  test.concurrent(
    "of a name with hundreds of addresses those are used that may be reached",
    async () => {
      expect(await hostsOf(run, "many")).toEqual({
        "one-outside.test": reached,
        "all-inside.test": { firstMs: null, reasons: [FORBIDDEN] },
        "refused.test": reached,
      });
    },
    LIMIT_MS,
  );

  test.concurrent(
    "in a network with NAT64 a receiver that has IPv4 alone is reached, and nothing inside",
    async () => {
      expect(await hostsOf(run, "nat64")).toEqual({
        "well-known.test": reached,
        "beside.test": reached,
        "late.test": reached,
        "own.test": reached,
        "inside.test": { firstMs: null, reasons: [FORBIDDEN] },
        "not-announced.test": { firstMs: null, reasons: [FORBIDDEN] },
      });
    },
    LIMIT_MS,
  );
});

describeInNamespace("customers far away", { wire: true }, (run) => {
  test.concurrent(
    "a receiver far away is reached at the first attempt, whatever other addresses its name has",
    async () => {
      const hosts = await hostsOf(run, "distant");
      expect(Object.keys(hosts)).toHaveLength(8);
      expect(Object.values(hosts)).toEqual(Array(8).fill(reached));
      // Half a second to a second on an idle machine. Addresses that are tried one after the other, long enough each
      // for the loss of a packet, would take longer than this.
      for (const { firstMs } of Object.values(hosts)) expect(firstMs).toBeLessThan(5000);
    },
    LIMIT_MS,
  );
});
