import { testDedupeStore } from "@heron-webhooks/conformance";
import type { DedupeStore, Reservation } from "@heron-webhooks/core/receiver";
import { Client, Pool } from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { postgresDedupe } from "../src/index.ts";
import { TestDedupeSchema } from "./dedupe-schema.ts";

const LEASE_MS = 45_000;
const TTL_MS = 86_400_000;

const conformanceSchema = new TestDedupeSchema();
const conformanceStore = conformanceSchema.store();
afterAll(() => conformanceSchema.end());
testDedupeStore("postgresDedupe", async () => {
  await conformanceSchema.clear(conformanceStore);
  await conformanceSchema.freezeTime();
  return { store: conformanceStore, advance: (ms) => conformanceSchema.advance(ms) };
});

let schema: TestDedupeSchema;
const pools: Pool[] = [];
beforeEach(() => {
  schema = new TestDedupeSchema();
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  await schema.end();
});

/** A pool as in another process. */
function createOtherPool(options?: string, connectionString: string = inject("postgres")): Pool {
  const pool = new Pool({ connectionString, max: 6, ...(options !== undefined && { options }) });
  pools.push(pool);
  return pool;
}

async function reserveToken(store: DedupeStore, key: string): Promise<string> {
  const answer = await store.reserve(key, LEASE_MS);
  expect(answer).toEqual({ token: expect.any(String) });
  return (answer as { readonly token: string }).token;
}

const getTokens = (answers: readonly Reservation[]): string[] =>
  answers.flatMap((answer) => (answer !== "done" && "token" in answer ? [answer.token] : []));

describe("between processes", () => {
  test("of concurrent reservations of a key, one gets the token, and the others the time of the lease", async () => {
    const stores = [schema.store(), schema.store({}, createOtherPool())];
    for (const key of ["a", "b", "c", "d", "e"]) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => stores[i % 2]?.reserve(key, LEASE_MS) as Promise<Reservation>),
      );
      expect(getTokens(answers)).toHaveLength(1);
      for (const answer of answers)
        if (answer === "done" || !("token" in answer)) expect(answer).toEqual({ busy: expect.any(Number) });
    }
  });

  test("an expired lease is granted to one of them", async () => {
    const stores = [schema.store(), schema.store({}, createOtherPool())];
    await schema.clear();
    await schema.freezeTime();
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => stores[i % 2]?.reserve("a", LEASE_MS) as Promise<Reservation>),
      );
      expect(getTokens(answers)).toHaveLength(1);
      await schema.advance(LEASE_MS);
    }
  });

  test("also with serializable as the default isolation level", async () => {
    const store = schema.store({}, createOtherPool("-c default_transaction_isolation=serializable"));
    const tokens: string[] = [];
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => store.reserve("a", LEASE_MS) as Promise<Reservation>),
      );
      expect(getTokens(answers)).toHaveLength(1);
      tokens.push(...getTokens(answers));
      await store.release("a", tokens.at(-1) as string);
    }
    expect(new Set(tokens).size).toBe(10);
  });

  test("times are the server's, whatever the clock of the process says", async () => {
    const store = schema.store();
    await reserveToken(store, "a");
    const { rows } = await schema.pool.query(
      `select abs(${schema.name}.dedupe_now() - extract(epoch from clock_timestamp()) * 1000) as apart`,
    );
    expect(Number(rows[0].apart)).toBeLessThan(1000);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + TTL_MS });
    try {
      const { busy } = (await store.reserve("a", LEASE_MS)) as { readonly busy: number };
      expect(busy).toBeGreaterThan(0);
      expect(busy).toBeLessThanOrEqual(LEASE_MS);
      const token = await reserveToken(store, "b");
      vi.setSystemTime(Date.now() - 2 * TTL_MS);
      await store.complete("b", token, TTL_MS);
      expect(await store.reserve("b", LEASE_MS)).toBe("done");
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("keys and times", () => {
  test("a key may be any text: with U+0000, lone surrogates, empty or long", async () => {
    const store = schema.store();
    const keys = [
      "",
      "\0",
      "\0\0",
      "a\0b",
      "a",
      "\uD800",
      "\uD801",
      "\uFFFD",
      "'; drop table",
      "x".repeat(1e6),
    ];
    const tokens = await Promise.all(keys.map((key) => reserveToken(store, key)));
    expect(new Set(tokens).size).toBe(keys.length);
    await store.complete("\0", tokens[1] as string, TTL_MS);
    const answers = await Promise.all(keys.map(async (key) => store.reserve(key, LEASE_MS)));
    expect(answers.map((answer) => (answer === "done" ? "done" : "busy"))).toEqual(
      keys.map((key) => (key === "\0" ? "done" : "busy")),
    );
    expect(getTokens(answers)).toEqual([]);
  });

  test("a malformed token changes nothing, and runs no statement", async () => {
    const store = schema.store();
    const token = await reserveToken(store, "a");
    for (const wrong of ["\0", `{${token}}`, token.toUpperCase(), `${token}\n`, token.replaceAll("-", "")]) {
      await store.complete("a", wrong, TTL_MS);
      await store.release("a", wrong);
    }
    expect(await store.reserve("a", LEASE_MS)).toEqual({ busy: expect.any(Number) });
  });

  test("milliseconds may be fractions, or infinite", async () => {
    const store = schema.store();
    const answer = (await store.reserve("a", 4500.5)) as { readonly token: string };
    await store.complete("a", answer.token, Number.MAX_SAFE_INTEGER);
    await store.reserve("b", Number.POSITIVE_INFINITY);
    expect(await store.reserve("a", LEASE_MS)).toBe("done");
    expect(await store.reserve("b", LEASE_MS)).toEqual({ busy: expect.any(Number) });
  });
});

test.each<[string, () => unknown, RegExp]>([
  ["no pool", () => postgresDedupe(undefined as never), /needs a Pool of pg as its first argument/],
  [
    "a connection string",
    () => postgresDedupe("postgres://localhost" as never),
    /needs a Pool of pg as its first argument/,
  ],
  ["options alone", () => postgresDedupe({ pool: {} } as never), /needs a Pool of pg as its first argument/],
  [
    "a single client",
    () => postgresDedupe(new Client() as never),
    /needs a Pool of pg as its first argument/,
  ],
  [
    "a misspelt option",
    () => schema.store({ timeOut: 1 } as never),
    /Unknown option "timeOut" in postgresDedupe.*: schema, timeout/,
  ],
  ["a schema to be quoted", () => postgresDedupe(schema.pool, { schema: 'a"b' }), /schema must be/],
  ["a schema of no text", () => postgresDedupe(schema.pool, { schema: 1 as never }), /schema must be/],
  ["no time", () => schema.store({ timeout: 0 }), /timeout must be/],
  ["time as text", () => schema.store({ timeout: "2s" as never }), /timeout must be/],
  ["no options", () => postgresDedupe(schema.pool, null as never), /postgresDedupe takes an object/],
])("%s is refused", (_, make, message) => {
  expect(make).toThrow(
    expect.objectContaining({ code: "option_invalid", message: expect.stringMatching(message) }),
  );
});
