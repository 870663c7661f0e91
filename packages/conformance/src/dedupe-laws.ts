import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dedupeCommands, type Model, type Real } from "./dedupe-model.ts";
import { type Runs, runs } from "./runs.ts";
import type { LawDedupeStore } from "./types.ts";

/** A dedupe store, and the time it lives in. */
export interface DedupeStoreUnderTest {
  readonly store: LawDedupeStore;
  /** Moves the store's time on by `ms`. */
  advance(ms: number): void | Promise<void>;
  close?(): void | Promise<void>;
}

export type OpenDedupe = () => DedupeStoreUnderTest | Promise<DedupeStoreUnderTest>;

const LEASE = 45_000;
const TTL = 86_400_000;
const ODD_KEYS = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "é☃𝄞",
  "a b:c'd\"e\\",
  "\n",
  "k".repeat(1024),
];

/** What every dedupe store must keep; `open` gives an empty one. `many` says how many orders of operations are tried. */
export function dedupeLaws(name: string, open: OpenDedupe, many: Runs = runs(100)): void {
  const law = (what: string, body: (opened: DedupeStoreUnderTest) => Promise<void>): void =>
    test(what, async () => {
      const opened = await open();
      try {
        await body(opened);
      } finally {
        await opened.close?.();
      }
    });

  describe(`${name} keeps the laws of a dedupe store`, () => {
    law("of a hundred reservations of one key at a time, one gets the token", async ({ store }) => {
      const answers = await Promise.all(Array.from({ length: 100 }, async () => store.reserve("k", LEASE)));
      const tokens = answers.filter((answer) => answer !== "done" && "token" in answer);
      expect(tokens).toHaveLength(1);
      for (const answer of answers)
        if (answer === "done" || !("token" in answer)) expect(answer).toEqual({ busy: expect.any(Number) });
    });

    law("a reserved key is busy for what is left of its lease", async ({ store, advance }) => {
      await token(store, "k");
      const first = busy(await store.reserve("k", LEASE));
      await advance(LEASE - 1000);
      const second = busy(await store.reserve("k", LEASE));
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThanOrEqual(LEASE);
      expect(second).toBeGreaterThan(0);
      expect(second).toBeLessThanOrEqual(1000);
    });

    law("a reservation that is refused does not prolong the lease", async ({ store, advance }) => {
      await token(store, "k");
      await advance(LEASE - 1);
      busy(await store.reserve("k", LEASE));
      await advance(1);
      await token(store, "k");
    });

    law("release frees the key at once", async ({ store }) => {
      await store.release("k", await token(store, "k"));
      await token(store, "k");
    });

    law("a completed key is done until its ttl is over, and then free", async ({ store, advance }) => {
      await store.complete("k", await token(store, "k"), TTL);
      expect(await store.reserve("k", LEASE)).toBe("done");
      await advance(TTL - 1);
      expect(await store.reserve("k", LEASE)).toBe("done");
      await advance(1);
      await token(store, "k");
    });

    law("a completed key stays done though its lease would have run out", async ({ store, advance }) => {
      await store.complete("k", await token(store, "k"), TTL);
      await advance(LEASE);
      expect(await store.reserve("k", LEASE)).toBe("done");
    });

    law("completing and releasing again changes nothing", async ({ store, advance }) => {
      const first = await token(store, "k");
      await store.complete("k", first, TTL);
      await store.release("k", first);
      expect(await store.reserve("k", LEASE)).toBe("done");
      await advance(1000);
      await store.complete("k", first, TTL);
      await advance(TTL - 1000);
      await token(store, "k");
    });

    for (const late of ["complete", "release"] as const)
      law(
        `a holder whose lease ran out can no longer ${late} what another holds`,
        async ({ store, advance }) => {
          const first = await token(store, "k");
          await advance(LEASE);
          const second = await token(store, "k");
          expect(second).not.toBe(first);
          await (late === "complete" ? store.complete("k", first, TTL) : store.release("k", first));
          busy(await store.reserve("k", LEASE));
          await store.complete("k", second, TTL);
          expect(await store.reserve("k", LEASE)).toBe("done");
        },
      );

    law("a token of another key, or of none, changes nothing", async ({ store }) => {
      const mine = await token(store, "k");
      const foreign = await token(store, "other");
      for (const wrong of [foreign, "", "0", `${mine} `]) {
        await store.complete("k", wrong, TTL);
        await store.release("k", wrong);
      }
      busy(await store.reserve("k", LEASE));
      await store.complete("never reserved", mine, TTL);
      await token(store, "never reserved");
    });

    law("keys are independent, whatever they are made of", async ({ store }) => {
      const tokens = await Promise.all(ODD_KEYS.map((key) => token(store, key)));
      expect(new Set(tokens).size).toBe(ODD_KEYS.length);
      await store.complete(ODD_KEYS[0] as string, tokens[0] as string, TTL);
      expect(await store.reserve(ODD_KEYS[0] as string, LEASE)).toBe("done");
      for (const key of ODD_KEYS.slice(1)) busy(await store.reserve(key, LEASE));
      // Neither cut off nor folded.
      await token(store, "k".repeat(1023));
      await token(store, "K".repeat(1024));
      await token(store, "é☃𝄞".normalize("NFD"));
    });

    test("behaves as its model, in any order of operations", {
      timeout: 60_000 + many.numRuns * 300,
    }, async () => {
      const run = async (commands: Iterable<fc.AsyncCommand<Model, Real>>): Promise<void> => {
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
      await fc.assert(fc.asyncProperty(dedupeCommands, run), many);
    });
  });
}

async function token(store: LawDedupeStore, key: string): Promise<string> {
  const answer = await store.reserve(key, LEASE);
  expect(answer).toEqual({ token: expect.any(String) });
  return answer !== "done" && "token" in answer ? answer.token : "";
}

function busy(answer: unknown): number {
  expect(answer).toEqual({ busy: expect.any(Number) });
  return (answer as { readonly busy: number }).busy;
}
