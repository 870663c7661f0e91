import { LocalServer, type Received, type Reply } from "@heron-webhooks/conformance/faults";

/** A receiver that counts what it accepted, and now and then fails. */
export class CountingReceiver extends LocalServer {
  /** How often each delivery was accepted, by its id. */
  readonly accepted: Map<string, number> = new Map();
  /** The deliveries accepted since somebody cleared this. */
  readonly recent: Set<string> = new Set();
  readonly events: Set<string> = new Set();
  requests = 0;
  /** Whether a request fails, by its number; by default every seventh does. */
  shouldFail: (index: number) => boolean | Promise<boolean> = (index) => index % 7 === 3;

  static async open(): Promise<CountingReceiver> {
    return await new CountingReceiver().listening();
  }

  protected override async reply({ headers, body }: Received): Promise<Reply> {
    // As much as a sender keeps of an answer, so that there is something to be written down.
    if (await this.shouldFail(this.requests++)) return { status: 503, body: "?".repeat(4096) };
    const id = String(headers["webhook-id"]);
    this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
    this.recent.add(id);
    this.events.add((JSON.parse(body.toString()) as { readonly id: string }).id);
    return { status: 200, body: "" };
  }
}
