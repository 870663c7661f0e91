import { type ManualClock, manualClock } from "@heron-webhooks/core/testing";
import {
  createRetryPolicy,
  createSender,
  memoryStore,
  type Sender,
  type Store,
} from "@heron-webhooks/sender";
import { apiKey, type Console, type ConsoleOptions, createConsole } from "../src/index.ts";
import { MOUNTS, type Mount, type MountedServer } from "./mounts.ts";

/** API keys by user. */
export const API_KEYS = {
  ann: "key_ann_0123456789abcdef0123",
  bob: "key_bob_0123456789abcdef0123",
  admin: "key_admin_0123456789abcdef01",
} as const;

export const TOPICS = {
  "invoice.paid": { description: "An invoice was paid.", example: { amount: 12.5 } },
  "end_user.processed": { example: { heron_id: "eus_1" } },
} as const;

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the expectations of each test define the shape
  readonly body: any;
}

export interface CallOptions {
  /** Default: Ann's key. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A console with an in-memory store behind a real server. */
export class TestConsole {
  readonly sender: Sender;
  readonly console: Console;
  readonly clock: ManualClock;
  readonly #server: MountedServer;

  private constructor(sender: Sender, console: Console, clock: ManualClock, mounted: MountedServer) {
    this.sender = sender;
    this.console = console;
    this.clock = clock;
    this.#server = mounted;
  }

  static async open(
    options: Partial<ConsoleOptions> & {
      readonly mount?: Mount;
      readonly topics?: typeof TOPICS | null;
      readonly store?: Store;
    } = {},
  ): Promise<TestConsole> {
    const { mount = MOUNTS["Express 5"] as Mount, topics = TOPICS, store = memoryStore(), ...rest } = options;
    const silentLogger = { debug() {}, info() {}, warn() {}, error() {} };
    const sender = createSender({
      store,
      egress: { allow: ["127.0.0.0/8"], allowHttp: true },
      retry: createRetryPolicy({ delays: [1, 1], jitter: 0 }),
      logger: silentLogger,
      ...(topics === null ? {} : { topics }),
    }) as Sender;
    const clock = manualClock();
    const authorize = apiKey({
      [API_KEYS.ann]: "ann",
      [API_KEYS.bob]: "bob",
      [API_KEYS.admin]: { account: "root", admin: true },
    });
    const console = createConsole(sender, { authorize, clock, logger: silentLogger, ...rest });
    return new TestConsole(sender, console, clock, await mount(console));
  }

  get origin(): string {
    return this.#server.origin;
  }

  /** Calls the API, as Ann by default. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    { key = API_KEYS.ann, headers = {} }: CallOptions = {},
  ): Promise<ApiResponse> {
    const response = await fetch(`${this.origin}/heron/api${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { "x-api-key": key }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** Creates a webhook, as Ann by default, and returns its id. */
  async createWebhook(fields: object = {}, key: string = API_KEYS.ann): Promise<string> {
    const { status, body } = await this.call(
      "POST",
      "/webhooks",
      { url: "https://example.com/hooks", topic: "invoice.paid", ...fields },
      { key },
    );
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.webhook.heron_id;
  }

  async close(): Promise<void> {
    this.console.close();
    await this.#server.close();
    await this.sender.close();
  }
}
