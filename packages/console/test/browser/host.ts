import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@heron-webhooks/core";
import { systemClock } from "@heron-webhooks/core/internal";
import {
  createRetryPolicy,
  createSender,
  type Duration,
  type Sender,
  sqliteStore,
} from "@heron-webhooks/sender";
import { createConsole, type SignedLinks, signedLink } from "../../src/index.ts";
import { MOUNTS } from "../mounts.ts";
import { Gateway } from "./gateway.ts";

export interface HostOptions {
  readonly framework?: "Express 5" | "Fastify 5";
  /** Delays before retries. */
  readonly delays?: readonly Duration[];
  /** Mount path at the gateway. */
  readonly prefix?: string;
  /** Default: the system clock. */
  readonly clock?: Clock;
}

const TOPICS: Readonly<Record<string, { readonly description: string; readonly example: object }>> = {
  "end_user.processed": {
    description: "An end user was processed.",
    example: { heron_id: "eus_Eqio3Y4dhyNiMphrXwG58p", end_user_id: "myenduser", status: "processed" },
  },
  "end_user.review_required": {
    description: "An end user broke a rule, and somebody should look.",
    example: { heron_id: "eus_Eqio3Y4dhyNiMphrXwG58p", end_user_id: "myenduser", status: "processed" },
  },
  "invoice.paid": {
    description: "An invoice was paid in full.",
    example: { invoice: "in_42", amount: 49.5, currency: "EUR" },
  },
  "invoice.overdue": {
    description: "An invoice was not paid in time.",
    example: { invoice: "in_42", amount: 49.5, currency: "EUR", days: 14 },
  },
};

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** An application with a console behind a gateway, with a SQLite store and a real framework. */
export class TestApplication {
  readonly sender: Sender;
  readonly gateway: Gateway;
  /** URL of the console in the browser, with a trailing slash. */
  readonly url: string;
  readonly #links: SignedLinks;
  readonly #close: () => Promise<void>;

  private constructor(
    sender: Sender,
    gateway: Gateway,
    url: string,
    links: SignedLinks,
    close: () => Promise<void>,
  ) {
    this.sender = sender;
    this.gateway = gateway;
    this.url = url;
    this.#links = links;
    this.#close = close;
  }

  static async open({
    framework = "Express 5",
    delays = [1, 1],
    prefix = "/heron",
    clock = systemClock,
  }: HostOptions = {}): Promise<TestApplication> {
    const folder = mkdtempSync(join(tmpdir(), "heron-console-"));
    const sender = createSender({
      store: sqliteStore(join(folder, "heron.db"), { clock }),
      egress: { allow: ["127.0.0.0/8"], allowHttp: true },
      retry: createRetryPolicy({ delays, jitter: 0 }),
      logger: QUIET,
      topics: TOPICS,
      clock,
    });
    sender.start();
    const links = signedLink({ secret: "a secret of the console's own" });
    const console = createConsole(sender, { authorize: links, heapApi: true, logger: QUIET, clock });
    const mounted = await MOUNTS[framework]?.(console);
    if (mounted === undefined) throw new Error(`no such mount: ${framework}`);
    const gateway = new Gateway(mounted.origin, prefix, "/heron");
    const url = `${await gateway.open()}${prefix}/`;
    return new TestApplication(sender, gateway, url, links, async () => {
      console.close();
      await gateway.close();
      await mounted.close();
      await sender.close();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /** A sign-in link, optionally to one of the pages. */
  link(
    account: string,
    { admin = false, to = "" }: { readonly admin?: boolean; readonly to?: string } = {},
  ): string {
    const link = new URL(this.#links.link(this.url, { account, admin }));
    return `${this.url}${to}${link.hash}`;
  }

  close(): Promise<void> {
    return this.#close();
  }
}
