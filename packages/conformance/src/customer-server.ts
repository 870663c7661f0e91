import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A customer's server: records requests and responds with 200. */
export class CustomerServer implements AsyncDisposable {
  readonly requests: { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] = [];
  #onRequest: () => void = () => {};
  readonly #server = createServer(async (request, response) => {
    this.requests.push({ headers: request.headers, body: await buffer(request) });
    response.end();
    this.#onRequest();
  });

  static async open(): Promise<CustomerServer> {
    const customer = new CustomerServer();
    customer.#server.listen(0, "127.0.0.1");
    await once(customer.#server, "listening");
    return customer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves after `count` requests. */
  async received(count: number): Promise<CustomerServer["requests"]> {
    while (this.requests.length < count)
      await new Promise<void>((resolve) => {
        this.#onRequest = resolve;
      });
    return this.requests;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
