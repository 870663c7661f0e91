import { LocalServer, type Received, type Reply } from "@heron-webhooks/conformance/faults";

/** A request as it came, and how many of its path were under way with it. */
export interface Arrival {
  readonly delivery: string;
  readonly event: string;
  readonly path: string;
  /** As `performance.now()` has it. */
  readonly at: number;
  readonly beside: number;
}

/** A receiver that remembers what came when, and answers as it is told. */
export class Inbox extends LocalServer {
  readonly arrivals: Arrival[] = [];
  /** How often each delivery was accepted. */
  readonly accepted: Map<string, number> = new Map();
  /** Events of which a delivery was accepted. */
  readonly events: Set<string> = new Set();
  /** The status to answer with; that may take a while. */
  answer: (arrival: Arrival, index: number) => number | Promise<number> = () => 200;
  readonly #beside = new Map<string, number>();

  static async open(): Promise<Inbox> {
    return await new Inbox().listening();
  }

  protected override async reply({ path, headers, body }: Received): Promise<Reply> {
    const beside = (this.#beside.get(path) ?? 0) + 1;
    this.#beside.set(path, beside);
    const { id: event } = JSON.parse(body.toString()) as { readonly id: string };
    const delivery = String(headers["webhook-id"]);
    const arrival = { delivery, event, path, at: performance.now(), beside };
    const index = this.arrivals.push(arrival) - 1;
    const status = await this.answer(arrival, index);
    this.#beside.set(path, (this.#beside.get(path) ?? 1) - 1);
    if (status < 300) {
      this.accepted.set(delivery, (this.accepted.get(delivery) ?? 0) + 1);
      this.events.add(event);
    }
    return { status, body: "" };
  }
}
