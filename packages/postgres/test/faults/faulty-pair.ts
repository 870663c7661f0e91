import { createEvent, createWebhook, TestStore } from "@heron-webhooks/conformance/store";
import type { Claim } from "@heron-webhooks/sender";
import { expect, inject } from "vitest";
import { type PostgresStoreOptions, postgresStore } from "../../src/index.ts";
import { TestSchema } from "../test-schema.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { waitFor } from "./wait-for.ts";

export const WAIT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 1000;
/** Longer than a test, so that no other process takes over. */
const ISOLATED: Pick<PostgresStoreOptions, "leaseDuration" | "pollInterval" | "listen"> = {
  leaseDuration: 60_000,
  pollInterval: 1,
  listen: false,
};

/** Two stores that share a schema, one of them behind a proxy that can fail. */
export class FaultyPair {
  readonly schema: TestSchema;
  readonly proxy: TcpProxy;
  /** Its connections fail. It owns the webhook. */
  readonly faulty: TestStore;
  /** It publishes and changes records, and owns no webhook. */
  readonly healthy: TestStore;

  private constructor(schema: TestSchema, proxy: TcpProxy) {
    this.schema = schema;
    this.proxy = proxy;
    const url = new URL(inject("postgres"));
    url.port = String(proxy.port);
    const failing = {
      connectionString: url.href,
      schema: schema.name,
      statementTimeout: STATEMENT_TIMEOUT_MS,
      ...ISOLATED,
    };
    this.faulty = new TestStore({ store: postgresStore(failing), advance() {} });
    this.healthy = this.startHealthy();
  }

  static async open(): Promise<FaultyPair> {
    const proxy = await TcpProxy.open(Number(new URL(inject("postgres")).port));
    const pair = new FaultyPair(new TestSchema(), proxy);
    await pair.faulty.create(createWebhook());
    await pair.faulty.publish(createEvent());
    await pair.claimExactly(1);
    return pair;
  }

  /** Opens another healthy store, which the caller closes. */
  startHealthy(): TestStore {
    return new TestStore({ store: this.schema.store(ISOLATED), advance() {} });
  }

  /** Fails the next statement that contains this text. Resolves when it was sent. */
  failNext(
    fault: "shouldDropResponse" | "shouldHoldRequest" | "shouldStallResponse",
    statement: string,
  ): Promise<void> {
    return new Promise((resolve) => {
      this.proxy[fault] = (request) => {
        if (!request.includes(statement)) return false;
        this.proxy[fault] = () => false;
        resolve();
        return true;
      };
    });
  }

  /** Claims with the faulty store; nothing if that fails. */
  tryClaim(max = 100): Promise<readonly Claim[]> {
    return this.faulty.claim(max).catch(() => []);
  }

  /** Claims exactly so many. */
  async claimExactly(count: number): Promise<readonly Claim[]> {
    const claims: Claim[] = [];
    await waitFor(`${count} were claimed`, WAIT_MS, async () => {
      claims.push(...(await this.tryClaim()));
      return claims.length >= count ? true : undefined;
    });
    claims.push(...(await this.tryClaim()));
    expect(claims).toHaveLength(count);
    return claims;
  }

  /** Publishes an event and claims its delivery. */
  async claimNew(): Promise<Claim> {
    await this.faulty.publish(createEvent());
    const [claim] = await this.claimExactly(1);
    if (claim === undefined) throw new Error("nothing was claimed");
    return claim;
  }

  /** How many deliveries have an owner. */
  async countLeased(): Promise<number> {
    const { rows } = await this.schema.pool.query(
      `select count(*)::int as owned from ${this.schema.name}.pending_deliveries where owner is not null`,
    );
    return (rows[0] as { readonly owned: number }).owned;
  }

  async close(): Promise<void> {
    await this.proxy.restore();
    await this.faulty.store.close();
    await this.healthy.store.close();
    await this.proxy[Symbol.asyncDispose]();
    await this.schema.end();
  }
}
