import { LocalServer, type Received, type Reply } from "@heron-webhooks/conformance/faults";

/** A request as it came, and how many of its path were under way with it. */
export interface ReceivedRequest {
  readonly delivery: string;
  readonly event: string;
  readonly path: string;
  /** As `performance.now()` has it. */
  readonly at: number;
  readonly inFlight: number;
}

/** A receiver that remembers what came when, and answers as it is told. */
export class TestReceiver extends LocalServer {
  readonly requests: ReceivedRequest[] = [];
  /** How often each delivery was accepted. */
  readonly accepted: Map<string, number> = new Map();
  /** Events of which a delivery was accepted. */
  readonly events: Set<string> = new Set();
  /** The status to answer with; that may take a while. */
  respond: (arrival: ReceivedRequest, index: number) => number | Promise<number> = () => 200;
  readonly #inFlightByPath = new Map<string, number>();

  static async open(): Promise<TestReceiver> {
    return await new TestReceiver().listening();
  }

  protected override async reply({ path, headers, body }: Received): Promise<Reply> {
    const beside = (this.#inFlightByPath.get(path) ?? 0) + 1;
    this.#inFlightByPath.set(path, beside);
    const { id: event } = JSON.parse(body.toString()) as { readonly id: string };
    const delivery = String(headers["webhook-id"]);
    const arrival = { delivery, event, path, at: performance.now(), beside };
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
