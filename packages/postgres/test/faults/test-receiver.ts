import { LocalServer, type Received, type Reply } from "@heron-webhooks/conformance/faults";

/** A received request. */
export interface ReceivedRequest {
  readonly delivery: string;
  readonly event: string;
  readonly path: string;
  /** A time of `performance.now()`. */
  readonly at: number;
  /** How many requests of its path were in flight, with this one. */
  readonly inFlight: number;
}

/** A receiver that records requests and responds as configured. */
export class TestReceiver extends LocalServer {
  readonly requests: ReceivedRequest[] = [];
  /** How often each delivery was accepted. */
  readonly accepted: Map<string, number> = new Map();
  /** Events of which a delivery was accepted. */
  readonly events: Set<string> = new Set();
  /** Returns the status of the response, possibly after a while. */
  respond: (arrival: ReceivedRequest, index: number) => number | Promise<number> = () => 200;
  readonly #inFlightByPath = new Map<string, number>();

  static async open(): Promise<TestReceiver> {
    return await new TestReceiver().listening();
  }

  protected override async reply({ path, headers, body }: Received): Promise<Reply> {
    const inFlight = (this.#inFlightByPath.get(path) ?? 0) + 1;
    this.#inFlightByPath.set(path, inFlight);
    const { id: event } = JSON.parse(body.toString()) as { readonly id: string };
    const delivery = String(headers["webhook-id"]);
    const arrival = { delivery, event, path, at: performance.now(), inFlight };
    const index = this.requests.push(arrival) - 1;
    const status = await this.respond(arrival, index);
    this.#inFlightByPath.set(path, (this.#inFlightByPath.get(path) ?? 1) - 1);
    if (status < 300) {
      this.accepted.set(delivery, (this.accepted.get(delivery) ?? 0) + 1);
      this.events.add(event);
    }
    return { status, body: "" };
  }
}
