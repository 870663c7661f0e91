import { LocalServer, type Received, type Reply } from "@heron-webhooks/conformance/faults";

/** How a sink answers: a status, perhaps with headers, or not at all. */
export type ServerAnswer =
  | number
  | { readonly status: number; readonly headers: Record<string, string> }
  | "hang";

/** An event as it came to a sink. */
export interface ReceivedEvent {
  readonly id: string;
  readonly topic: string;
  readonly data: unknown;
}

/** A server that records requests and sends configured responses. */
export class RecordingServer extends LocalServer {
  readonly requests: Received[] = [];
  respond: (request: Received, index: number) => ServerAnswer | Promise<ServerAnswer> = () => 200;
  readonly #waiting: (() => void)[] = [];

  static async open(): Promise<RecordingServer> {
    return await new RecordingServer().listening();
  }

  /** What came, read as events. */
  get events(): readonly ReceivedEvent[] {
    return this.requests.map(({ body }) => JSON.parse(body.toString()) as ReceivedEvent);
  }

  /** Resolves once so many requests have come. */
  async received(count: number): Promise<readonly Received[]> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.requests;
  }

  protected override async reply(request: Received): Promise<Reply | null> {
    const index = this.requests.push(request) - 1;
    for (const notify of this.#waiting.splice(0)) notify();
    const answer = await this.respond(request, index);
    if (answer === "hang") return null;
    const { status, headers } = typeof answer === "number" ? { status: answer, headers: {} } : answer;
    return { status, headers, body: status < 300 ? "ok" : "no" };
  }
}

/** An answer that is held back from whatever waits for it, until it is given. */
export function createDeferredAnswer(status: number): {
  readonly answer: Promise<number>;
  readonly resolveAnswer: () => void;
} {
  let resolveAnswer = (): void => {};
  const answer = new Promise<number>((resolve) => {
    resolveAnswer = () => resolve(status);
  });
  return { answer, resolveAnswer };
}
