import { createEvent, TestStore, createWebhook } from "@heron-webhooks/conformance/store";
import type { Claim } from "@heron-webhooks/sender";
import { expect, inject } from "vitest";
import { type PostgresStoreOptions, postgresStore } from "../../src/index.ts";
import { TestSchema } from "../test-schema.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { waitFor } from "./wait-for.ts";

export const WAIT_MS = 10_000;
/** How long a statement may take. */
const STATEMENT_TIMEOUT_MS = 1000;
/** Longer than a test takes: nobody else is to come and help. */
const ISOLATED: Pick<PostgresStoreOptions, "leaseMs" | "pollMs" | "listen"> = {
  leaseMs: 60_000,
  pollMs: 1,
  listen: false,
};

/** Two that share a schema, and a way between one of them and the server that can be made to fail. */
export class FaultyPair {
  readonly schema: TestSchema;
  readonly proxy: TcpProxy;
  /** The one whose connections fail. It has a webhook. */
  readonly faulty: TestStore;
  /** It publishes and changes things, and has no webhook. */
  readonly healthy: TestStore;

  private constructor(schema: TestSchema, proxy: TcpProxy) {
    this.schema = schema;
    this.proxy = proxy;
    const url = new URL(inject("postgres"));
    url.port = String(proxy.port);
    const failing = { connectionString: url.href, schema: schema.name, timeoutMs: STATEMENT_TIMEOUT_MS, ...ISOLATED };
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

  /** Another, as the other is; whoever asks for it closes it. */
  startHealthy(): TestStore {
    return new TestStore({ store: this.schema.store(ISOLATED), advance() {} });
  }

  /** Has the next statement fail that says this. Resolves once it does. */
  failNext(what: "losesAnswer" | "keepsBack" | "stallsAnswer", statement: string): Promise<void> {
    return new Promise((resolve) => {
      this.proxy[what] = (said) => {
        if (!said.includes(statement)) return false;
        this.proxy[what] = () => false;
        resolve();
        return true;
      };
    });
  }

  /** What the one claims next; nothing, if that fails. */
  tryClaim(max = 100): Promise<readonly Claim[]> {
    return this.faulty.claim(max).catch(() => []);
  }

  /** So many come, and no more. */
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

  /** Of one delivery. */
  async claimNew(): Promise<Claim> {
    await this.faulty.publish(createEvent());
    const [claim] = await this.claimExactly(1);
    if (claim === undefined) throw new Error("nothing was claimed");
    return claim;
  }

  /** How many deliveries are marked as somebody's. */
  async countLeased(): Promise<number> {
    const { rows } = await this.schema.pool.query(
      `select count(*)::int as held from ${this.schema.name}.owed where holder is not null`,
    );
    return (rows[0] as { readonly held: number }).held;
  }

  async close(): Promise<void> {
    await this.proxy.restore();
    await this.faulty.store.close();
    await this.healthy.store.close();
    await this.proxy[Symbol.asyncDispose]();
    await this.schema.end();
  }
}
