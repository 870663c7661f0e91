import { dedupeLaws } from "@heron-webhooks/conformance";
import type { DedupeStore, Reservation } from "@heron-webhooks/core";
import { Client, Pool } from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { postgresDedupe } from "../src/index.ts";
import { DedupeSchema } from "./dedupe-schema.ts";

const LEASE = 45_000;
const TTL = 86_400_000;

const laws = new DedupeSchema();
const underLaws = laws.store();
afterAll(() => laws.end());
dedupeLaws("postgresDedupe", async () => {
  await laws.clear(underLaws);
  await laws.holdTime();
  return { store: underLaws, advance: (ms) => laws.advance(ms) };
});

let schema: DedupeSchema;
const pools: Pool[] = [];
beforeEach(() => {
  schema = new DedupeSchema();
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  await schema.end();
});

/** As another process has it. */
function otherPool(options?: string, connectionString: string = inject("postgres")): Pool {
  const pool = new Pool({ connectionString, max: 6, ...(options !== undefined && { options }) });
  pools.push(pool);
  return pool;
}

async function tokenOf(store: DedupeStore, key: string): Promise<string> {
  const answer = await store.reserve(key, LEASE);
  expect(answer).toEqual({ token: expect.any(String) });
  return (answer as { readonly token: string }).token;
}

const tokensOf = (answers: readonly Reservation[]): string[] =>
  answers.flatMap((answer) => (answer !== "done" && "token" in answer ? [answer.token] : []));

describe("between processes", () => {
  test("of all that reserve a key at a time, one gets it, and the rest learn for how long", async () => {
    const stores = [schema.store(), schema.store({}, otherPool())];
    for (const key of ["a", "b", "c", "d", "e"]) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => stores[i % 2]?.reserve(key, LEASE) as Promise<Reservation>),
      );
      expect(tokensOf(answers)).toHaveLength(1);
      for (const answer of answers)
        if (answer === "done" || !("token" in answer)) expect(answer).toEqual({ busy: expect.any(Number) });
    }
  });

  test("a lease that ran out goes to one of them", async () => {
    const stores = [schema.store(), schema.store({}, otherPool())];
    await schema.clear();
    await schema.holdTime();
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => stores[i % 2]?.reserve("a", LEASE) as Promise<Reservation>),
      );
      expect(tokensOf(answers)).toHaveLength(1);
      await schema.advance(LEASE);
    }
  });

  test("also where transactions are serializable unless they say otherwise", async () => {
    const store = schema.store({}, otherPool("-c default_transaction_isolation=serializable"));
    const tokens: string[] = [];
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => store.reserve("a", LEASE) as Promise<Reservation>),
      );
      expect(tokensOf(answers)).toHaveLength(1);
      tokens.push(...tokensOf(answers));
      await store.release("a", tokens.at(-1) as string);
    }
    expect(new Set(tokens).size).toBe(10);
  });

  test("time is the server's, whatever a process's own clock says", async () => {
    const store = schema.store();
    await tokenOf(store, "a");
    const { rows } = await schema.pool.query(
      `select abs(${schema.name}.dedupe_clock() - extract(epoch from clock_timestamp()) * 1000) as apart`,
    );
    expect(Number(rows[0].apart)).toBeLessThan(1000);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + TTL });
    try {
      const { busy } = (await store.reserve("a", LEASE)) as { readonly busy: number };
      expect(busy).toBeGreaterThan(0);
      expect(busy).toBeLessThanOrEqual(LEASE);
      const token = await tokenOf(store, "b");
      vi.setSystemTime(Date.now() - 2 * TTL);
      await store.complete("b", token, TTL);
      expect(await store.reserve("b", LEASE)).toBe("done");
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("keys and times", () => {
  test("a key may be any text: U+0000, halves of a pair, what is empty or long", async () => {
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
    const tokens = await Promise.all(keys.map((key) => tokenOf(store, key)));
    expect(new Set(tokens).size).toBe(keys.length);
    await store.complete("\0", tokens[1] as string, TTL);
    const answers = await Promise.all(keys.map(async (key) => store.reserve(key, LEASE)));
    expect(answers.map((answer) => (answer === "done" ? "done" : "busy"))).toEqual(
      keys.map((key) => (key === "\0" ? "done" : "busy")),
    );
    expect(tokensOf(answers)).toEqual([]);
  });

  test("a token that could not be one changes nothing, and costs no question", async () => {
    const store = schema.store();
    const token = await tokenOf(store, "a");
    for (const wrong of ["\0", `{${token}}`, token.toUpperCase(), `${token}\n`, token.replaceAll("-", "")]) {
      await store.complete("a", wrong, TTL);
      await store.release("a", wrong);
    }
    expect(await store.reserve("a", LEASE)).toEqual({ busy: expect.any(Number) });
  });

  test("milliseconds may be broken, or as good as for ever", async () => {
    const store = schema.store();
    const answer = (await store.reserve("a", 4500.5)) as { readonly token: string };
    await store.complete("a", answer.token, Number.MAX_SAFE_INTEGER);
    await store.reserve("b", Number.POSITIVE_INFINITY);
    expect(await store.reserve("a", LEASE)).toBe("done");
    expect(await store.reserve("b", LEASE)).toEqual({ busy: expect.any(Number) });
  });
});

test.each<[string, () => unknown, RegExp]>([
  ["no pool", () => postgresDedupe(undefined as never), /takes a Pool of pg first/],
  ["a connection string", () => postgresDedupe("postgres://localhost" as never), /takes a Pool of pg first/],
  ["options alone", () => postgresDedupe({ pool: {} } as never), /takes a Pool of pg first/],
  ["a single client", () => postgresDedupe(new Client() as never), /takes a Pool of pg first/],
  [
    "a misspelt option",
    () => schema.store({ timeout: 1 } as never),
    /no "timeout": it knows schema, timeoutMs/,
  ],
  ["a schema to be quoted", () => postgresDedupe(schema.pool, { schema: 'a"b' }), /schema must be/],
  ["a schema of no text", () => postgresDedupe(schema.pool, { schema: 1 as never }), /schema must be/],
  ["no time", () => schema.store({ timeoutMs: 0 }), /timeoutMs must be/],
  ["time as text", () => schema.store({ timeoutMs: "2s" as never }), /timeoutMs must be/],
  ["no options", () => postgresDedupe(schema.pool, null as never), /postgresDedupe takes an object/],
])("%s is refused", (_, make, message) => {
  expect(make).toThrow(
    expect.objectContaining({ code: "option_invalid", message: expect.stringMatching(message) }),
  );
});
