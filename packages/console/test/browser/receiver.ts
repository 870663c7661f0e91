import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { verify } from "@heron-webhooks/core";
import { heronWebhook } from "@heron-webhooks/express";
import express, { type Request } from "express";

/** A verified request. */
export interface Received {
  readonly body: Record<string, unknown>;
  readonly bytes: Buffer;
  readonly headers: Request["headers"];
}

/** Paths for events, templates and Slack, and one that always fails. */
export type ReceiverPath = "/hooks" | "/rows" | "/slack" | "/down";

/** A customer's receiver on loopback. */
export class TestReceiver {
  /** Secrets to verify with. */
  secrets: readonly string[] = [];
  /** Answers every request with 503. */
  isDown = false;
  /** Response delay in milliseconds. */
  getDelayMs = (): number => 0;
  readonly received: Received[] = [];
  readonly #server: Server;

  private constructor() {
    const app = express();
    app.use(express.raw({ type: () => true }));
    app.use((_, _response, next) => {
      const ms = this.getDelayMs();
      if (ms === 0) next();
      else setTimeout(next, ms);
    });
    app.use((_, response, next) => {
      if (this.isDown) response.status(503).send("Down for repairs");
      else next();
    });
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    app.post("/hooks", heronWebhook({ secret: () => this.secrets, logger: quiet }), (request, response) => {
      this.#record(request);
      response.send(`Thank you for ${request.heronEvent?.topic}`);
    });
    app.post("/rows", (request, response) => {
      verify(request.body, request.header("heron-signature"), this.secrets);
      this.#record(request);
      response.send("Thank you for the row");
    });
    app.post("/slack", (_, response) => void response.send("ok"));
    app.post("/down", (_, response) => void response.status(503).send("Upstream is not answering"));
    this.#server = createServer(app);
  }

  static async open(): Promise<TestReceiver> {
    const receiver = new TestReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  at(path: ReceiverPath): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async close(): Promise<void> {
    const closing = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closing;
  }

  #record({ body, headers }: Request): void {
    this.received.push({ body: JSON.parse(body.toString()), bytes: body, headers });
  }
}
