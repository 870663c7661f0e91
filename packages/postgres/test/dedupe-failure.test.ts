import { deferred } from "@heron-webhooks/conformance";
import { HeronError } from "@heron-webhooks/core";
import { Pool, type PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { postgresDedupe } from "../src/index.ts";
import { OperationTimeout } from "../src/operation-timeout.ts";
import { TestDedupeSchema } from "./dedupe-schema.ts";
import { getHeronError } from "./get-heron-error.ts";
import { SilentServer } from "./silent-server.ts";

const LEASE_MS = 45_000;

let schema: TestDedupeSchema;
beforeEach(() => {
  schema = new TestDedupeSchema();
});
afterEach(() => schema.end());

/** Only distinguishes a call that returns from one that hangs: its message has the exact timeout. */
const MAX_MS = 10_000;

describe("a failure", () => {
  test("a refused connection is reported at once, and the next call tries again", async () => {
    const store = postgresDedupe(schema.createPool("postgres://postgres@127.0.0.1:1/postgres"));
    for (let i = 0; i < 2; i++) {
      const { code, message, cause } = await getHeronError(store.reserve("a", LEASE_MS));
      expect(code).toBe("store_unavailable");
      expect(message).toMatch(
        /^The dedupe store in PostgreSQL \(heron\) .*ECONNREFUSED.* Check that the server runs/,
      );
      expect(cause).toMatchObject({ code: "ECONNREFUSED" });
    }
  });

  test("a server that does not respond times out", async () => {
    const silent = await SilentServer.start();
    const pool = schema.createPool(silent.url);
    schema.onEnd(() => silent.end());
    const store = postgresDedupe(pool, { timeout: 200 });
    const began = performance.now();
    const { code, message } = await getHeronError(store.reserve("a", LEASE_MS));
    expect(performance.now() - began).toBeLessThan(MAX_MS);
    expect(code).toBe("store_unavailable");
    expect(message).toMatch(/within 200 ms.* the server is unreachable/);
  });

  test("every operation times out when the server is stuck", async () => {
    await schema.clear();
    const store = schema.store({ timeout: 200 });
    const { token } = (await store.reserve("a", LEASE_MS)) as { readonly token: string };
    const client = await schema.pool.connect();
    await client.query(`begin; lock table ${schema.table}`);
    const began = performance.now();
    const failures = await Promise.all(
      [store.reserve("b", LEASE_MS), store.complete("a", token, LEASE_MS), store.release("a", token)].map(
        getHeronError,
      ),
    );
    expect(performance.now() - began).toBeLessThan(MAX_MS);
    for (const { code, message } of failures)
      expect([code, message]).toEqual([
        "store_unavailable",
        expect.stringMatching(/did not respond within 200 ms/),
      ]);
    await client.query("rollback");
    client.release();
  });

  test("operations time out when the pool has no free connection", async () => {
    const pool = new Pool({ connectionString: inject("postgres"), max: 1 });
    const client = await pool.connect();
    const { message } = await getHeronError(schema.store({ timeout: 100 }, pool).reserve("a", LEASE_MS));
    expect(message).toMatch(/within 100 ms.* all connections of the pool are in use/);
    client.release();
    await pool.end();
  });

  test("a read timeout of pg is explained", async () => {
    const cause = new Error("Query read timeout");
    const operation = Promise.reject(new HeronError("store_unavailable", cause.message, { cause }));
    const { message } = await getHeronError(new OperationTimeout("It", 1000, "").withTimeout(operation));
    expect(message).toMatch(/^It did not respond within 1000 ms/);
  });

  test("a reservation that completes after the timeout is released", async () => {
    await schema.clear();
    const slow = new GatedPool(schema.pool);
    const rejected = getHeronError(schema.store({ timeout: 1000 }, slow as never).reserve("a", LEASE_MS));
    // The first connection is in time, but leaves too little time for the second.
    setTimeout(() => slow.releaseNext(), 500);
    expect((await rejected).message).toMatch(/did not respond within 1000 ms/);
    slow.releaseNext();
    await slow.waitForRequests(3);
    expect(await schema.countRows()).toBe(1);
    slow.releaseNext();
    await expect.poll(() => schema.countRows()).toBe(0);
  });

  test("the loss of an idle connection does no harm", async () => {
    const pool = schema.createPool(inject("postgres"), `-c application_name=${schema.name}`);
    const store = schema.store({}, pool);
    await store.reserve("a", LEASE_MS);
    const errors: unknown[] = [];
    pool.on("error", (error) => errors.push(error));
    expect(pool.listenerCount("error")).toBe(2);
    const terminate = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1";
    await schema.pool.query(terminate, [schema.name]);
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    expect(await store.reserve("a", LEASE_MS)).toEqual({ busy: expect.any(Number) });
  });
});

/** Returns a connection when the test releases it. */
class GatedPool {
  readonly totalCount = 1;
  readonly #pool: Pool;
  readonly #waiting: (() => void)[] = [];
  #requested = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  on(): void {}

  async connect(): Promise<PoolClient> {
    this.#requested++;
    const { promise, resolve } = deferred();
    this.#waiting.push(resolve);
    await promise;
    return this.#pool.connect();
  }

  releaseNext(): void {
    this.#waiting.shift()?.();
  }

  async waitForRequests(times: number): Promise<void> {
    await expect.poll(() => this.#requested).toBe(times);
  }
}
