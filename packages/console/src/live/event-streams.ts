import type { Logger } from "@heron-webhooks/core";
import type { Delivery, Sender } from "@heron-webhooks/sender";
import { Problem } from "../api/problem.ts";
import { toDeliveryDto } from "../api/dto/delivery-dto.ts";
import { DeliveryFeed } from "./delivery-feed.ts";

/** Streams of one account at a time: a browser's tabs share one. */
const MAX_STREAMS_PER_ACCOUNT = 50;
/** So many bytes may wait to be taken, of one stream: who takes none any more is left, and comes back by itself. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** Something is said so often, in milliseconds, so that nothing on the way takes the connection for dead. */
const HEARTBEAT_INTERVAL_MS = 15_000;

/** Server-sent events of what happens to deliveries. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class EventStreams {
  readonly #sender: Sender;
  readonly #logger: Logger;
  readonly #feeds = new Map<string, DeliveryFeed>();
  readonly #closers = new Set<() => void>();

  constructor(sender: Sender, logger: Logger) {
    this.#sender = sender;
    this.#logger = logger;
  }

  /** @throws Problem 429 if an account has too many */
  open(account: string, signal: AbortSignal): Response {
    const feed = this.#feeds.get(account) ?? new DeliveryFeed(this.#sender.forAccount(account), this.#logger);
    this.#feeds.set(account, feed);
    if (feed.size >= MAX_STREAMS_PER_ACCOUNT) throw new Problem(429, `An account may have ${MAX_STREAMS_PER_ACCOUNT} streams open.`);
    let end = (): void => {};
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          end = this.#start(account, feed, controller);
        },
        cancel: () => end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNREAD_BYTES }),
    );
    // It may have left while it was looked up who it is.
    if (signal.aborted) end();
    else signal.addEventListener("abort", () => end(), { once: true });
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream",
        // What compresses or caches on the way would hold events back.
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
      },
    });
  }

  /** Ends all of them. */
  close(): void {
    for (const end of [...this.#closers]) end();
  }

  #start(account: string, feed: DeliveryFeed, controller: ReadableStreamDefaultController<Uint8Array>): () => void {
    const send = (text: string): void => {
      if ((controller.desiredSize ?? 0) <= 0) end();
      else controller.enqueue(Buffer.from(text));
    };
    const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT_INTERVAL_MS);
    heartbeat.unref();
    const unsubscribe = feed.subscribe({
      onChange: (deliveries) => send(deliveries.map(toServerSentEvent).join("")),
      onStoreState: (isReached) => send(`event: store\ndata: ${JSON.stringify({ reached: isReached })}\n\n`),
    });
    send("retry: 2000\n\n");
    const end = (): void => {
      if (!this.#closers.delete(end)) return;
      clearInterval(heartbeat);
      unsubscribe();
      if (feed.size === 0) this.#feeds.delete(account);
      try {
        controller.close();
      } catch {
        // Who reads it has gone already.
      }
    };
    this.#closers.add(end);
    return end;
  }
}

function toServerSentEvent(delivery: Delivery): string {
  return `event: delivery\ndata: ${JSON.stringify(toDeliveryDto(delivery))}\n\n`;
}
