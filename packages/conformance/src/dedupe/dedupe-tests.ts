import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getRuns, type Runs } from "../runs.ts";
import type { TestDedupeStore } from "../types.ts";
import { dedupeCommands, type Model, type System } from "./dedupe-model.ts";

/** A dedupe store and its clock. */
export interface DedupeStoreUnderTest {
  readonly store: TestDedupeStore;
  advance(ms: number): void | Promise<void>;
  close?(): void | Promise<void>;
}

export type OpenDedupe = () => DedupeStoreUnderTest | Promise<DedupeStoreUnderTest>;

const LEASE_MS = 45_000;
const TTL_MS = 86_400_000;
const ODD_KEYS = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "é☃𝄞",
  "a b:c'd\"e\\",
  "\n",
  "k".repeat(1024),
];

/** The tests that every dedupe store must pass; `open` returns an empty store. `runs` limits the model-based test. */
export function testDedupeStore(name: string, open: OpenDedupe, runs: Runs = getRuns(100)): void {
  const testCase = (what: string, body: (opened: DedupeStoreUnderTest) => Promise<void>): void =>
    test(what, async () => {
      const opened = await open();
      try {
        await body(opened);
      } finally {
        await opened.close?.();
      }
    });

  describe(`${name} (dedupe store conformance)`, () => {
    testCase("of a hundred concurrent reservations of one key, one gets the token", async ({ store }) => {
      const results = await Promise.all(
        Array.from({ length: 100 }, async () => store.reserve("k", LEASE_MS)),
      );
      const tokens = results.filter((result) => result !== "done" && "token" in result);
      expect(tokens).toHaveLength(1);
      for (const result of results)
        if (result === "done" || !("token" in result)) expect(result).toEqual({ busy: expect.any(Number) });
    });

    testCase("a reserved key is busy for the rest of its lease", async ({ store, advance }) => {
      await reserveToken(store, "k");
      const first = expectBusy(await store.reserve("k", LEASE_MS));
      await advance(LEASE_MS - 1000);
      const second = expectBusy(await store.reserve("k", LEASE_MS));
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThanOrEqual(LEASE_MS);
      expect(second).toBeGreaterThan(0);
      expect(second).toBeLessThanOrEqual(1000);
    });

    testCase("a rejected reservation does not extend the lease", async ({ store, advance }) => {
      await reserveToken(store, "k");
      await advance(LEASE_MS - 1);
      expectBusy(await store.reserve("k", LEASE_MS));
      await advance(1);
      await reserveToken(store, "k");
    });

    testCase("release frees the key at once", async ({ store }) => {
      await store.release("k", await reserveToken(store, "k"));
      await reserveToken(store, "k");
    });

    testCase("a completed key is done until its ttl is over, and then free", async ({ store, advance }) => {
      await store.complete("k", await reserveToken(store, "k"), TTL_MS);
      expect(await store.reserve("k", LEASE_MS)).toBe("done");
      await advance(TTL_MS - 1);
      expect(await store.reserve("k", LEASE_MS)).toBe("done");
      await advance(1);
      await reserveToken(store, "k");
    });

    testCase("a completed key stays done after the end of its lease", async ({ store, advance }) => {
      await store.complete("k", await reserveToken(store, "k"), TTL_MS);
      await advance(LEASE_MS);
      expect(await store.reserve("k", LEASE_MS)).toBe("done");
    });

    testCase("completing and releasing again changes nothing", async ({ store, advance }) => {
      const first = await reserveToken(store, "k");
      await store.complete("k", first, TTL_MS);
      await store.release("k", first);
      expect(await store.reserve("k", LEASE_MS)).toBe("done");
      await advance(1000);
      await store.complete("k", first, TTL_MS);
      await advance(TTL_MS - 1000);
      await reserveToken(store, "k");
    });

    for (const operation of ["complete", "release"] as const)
      testCase(
        `a token whose lease expired cannot ${operation} the next reservation of the key`,
        async ({ store, advance }) => {
          const first = await reserveToken(store, "k");
          await advance(LEASE_MS);
          const second = await reserveToken(store, "k");
          expect(second).not.toBe(first);
          await (operation === "complete" ? store.complete("k", first, TTL_MS) : store.release("k", first));
          expectBusy(await store.reserve("k", LEASE_MS));
          await store.complete("k", second, TTL_MS);
          expect(await store.reserve("k", LEASE_MS)).toBe("done");
        },
      );

    testCase("a token of another key, or an unknown one, changes nothing", async ({ store }) => {
      const token = await reserveToken(store, "k");
      const foreign = await reserveToken(store, "other");
      for (const wrong of [foreign, "", "0", `${token} `]) {
        await store.complete("k", wrong, TTL_MS);
        await store.release("k", wrong);
      }
      expectBusy(await store.reserve("k", LEASE_MS));
      await store.complete("never reserved", token, TTL_MS);
      await reserveToken(store, "never reserved");
    });

    testCase("keys are independent, whatever characters they contain", async ({ store }) => {
      const tokens = await Promise.all(ODD_KEYS.map((key) => reserveToken(store, key)));
      expect(new Set(tokens).size).toBe(ODD_KEYS.length);
      await store.complete(ODD_KEYS[0] as string, tokens[0] as string, TTL_MS);
      expect(await store.reserve(ODD_KEYS[0] as string, LEASE_MS)).toBe("done");
      for (const key of ODD_KEYS.slice(1)) expectBusy(await store.reserve(key, LEASE_MS));
      // Keys are neither truncated nor normalized.
      await reserveToken(store, "k".repeat(1023));
      await reserveToken(store, "K".repeat(1024));
      await reserveToken(store, "é☃𝄞".normalize("NFD"));
    });

    test("behaves like its model, in any order of operations", {
      timeout: 60_000 + runs.numRuns * 300,
    }, async () => {
      const run = async (commands: Iterable<fc.AsyncCommand<Model, System>>): Promise<void> => {
        const opened = await open();
        try {
          const { store } = opened;
          const real = { store, advance: (ms: number) => opened.advance(ms), tokens: new Map() };
          await fc.asyncModelRun(
            () => ({ model: { now: 0, reservations: 0, keys: new Map() }, real }),
            commands,
          );
        } finally {
          await opened.close?.();
        }
      };
      await fc.assert(fc.asyncProperty(dedupeCommands, run), runs);
    });
  });
}

async function reserveToken(store: TestDedupeStore, key: string): Promise<string> {
  const result = await store.reserve(key, LEASE_MS);
  expect(result).toEqual({ token: expect.any(String) });
  return result !== "done" && "token" in result ? result.token : "";
}

function expectBusy(result: unknown): number {
  expect(result).toEqual({ busy: expect.any(Number) });
  return (result as { readonly busy: number }).busy;
}
