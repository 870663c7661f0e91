import { event, Opened, webhook } from "@heron-webhooks/conformance/store";
import type { Claim } from "@heron-webhooks/sender";
import { expect, inject } from "vitest";
import { type PostgresStoreOptions, postgresStore } from "../../src/index.ts";
import { Schema } from "../schemas.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { until } from "./until.ts";

export const SOON = 10_000;
/** How long a statement may take. */
const TIMEOUT = 1000;
/** Longer than a test takes: nobody else is to come and help. */
const ALONE: Pick<PostgresStoreOptions, "leaseMs" | "pollMs" | "listen"> = {
  leaseMs: 60_000,
  pollMs: 1,
  listen: false,
};

/** Two that share a schema, and a way between one of them and the server that can be made to fail. */
export class Pair {
  readonly schema: Schema;
  readonly proxy: TcpProxy;
  /** The one whose connections fail. It has a webhook. */
  readonly one: Opened;
  /** It publishes and changes things, and has no webhook. */
  readonly other: Opened;

  private constructor(schema: Schema, proxy: TcpProxy) {
    this.schema = schema;
    this.proxy = proxy;
    const url = new URL(inject("postgres"));
    url.port = String(proxy.port);
    const failing = { connectionString: url.href, schema: schema.name, timeoutMs: TIMEOUT, ...ALONE };
    this.one = new Opened({ store: postgresStore(failing), advance() {} });
    this.other = this.join();
  }

  static async open(): Promise<Pair> {
    const proxy = await TcpProxy.open(Number(new URL(inject("postgres")).port));
    const pair = new Pair(new Schema(), proxy);
    await pair.one.create(webhook());
    await pair.one.publish(event());
    await pair.claimed(1);
    return pair;
  }

  /** Another, as the other is; whoever asks for it closes it. */
  join(): Opened {
    return new Opened({ store: this.schema.store(ALONE), advance() {} });
  }

  /** Has the next statement fail that says this. Resolves once it does. */
  once(what: "losesAnswer" | "keepsBack" | "stallsAnswer", statement: string): Promise<void> {
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
  claims(max = 100): Promise<readonly Claim[]> {
    return this.one.claim(max).catch(() => []);
  }

  /** So many come, and no more. */
  async claimed(count: number): Promise<readonly Claim[]> {
    const all: Claim[] = [];
    await until(`${count} were claimed`, SOON, async () => {
      all.push(...(await this.claims()));
      return all.length >= count ? true : undefined;
    });
    all.push(...(await this.claims()));
    expect(all).toHaveLength(count);
    return all;
  }

  /** Of one delivery. */
  async claim(): Promise<Claim> {
    await this.one.publish(event());
    const [claim] = await this.claimed(1);
    if (claim === undefined) throw new Error("nothing was claimed");
    return claim;
  }

  /** How many deliveries are marked as somebody's. */
  async held(): Promise<number> {
    const { rows } = await this.schema.pool.query(
      `select count(*)::int as held from ${this.schema.name}.owed where holder is not null`,
    );
    return (rows[0] as { readonly held: number }).held;
  }

  async close(): Promise<void> {
    await this.proxy.mend();
    await this.one.store.close();
    await this.other.store.close();
    await this.proxy[Symbol.asyncDispose]();
    await this.schema.end();
  }
}
