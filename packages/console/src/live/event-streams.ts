import type { Logger } from "@heron-webhooks/core";
import type { Delivery, Sender } from "@heron-webhooks/sender";
import { toDeliveryDto } from "../api/dto/delivery-dto.ts";
import { Problem } from "../api/problem.ts";
import { DeliveryFeed } from "./delivery-feed.ts";

/** The tabs of a browser share one stream. */
const MAX_STREAMS_PER_ACCOUNT = 50;
/** A stream with more unread bytes is closed; the browser reconnects by itself. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** Keeps proxies from closing an idle connection. */
const HEARTBEAT_INTERVAL_MS = 15_000;

/** Streams delivery changes as server-sent events. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class EventStreams {
  readonly #sender: Sender;
  readonly #logger: Logger;
  readonly #feeds = new Map<string, DeliveryFeed>();
  readonly #closers = new Set<() => void>();

  constructor(sender: Sender, logger: Logger) {
    this.#sender = sender;
    this.#logger = logger;
  }

  /** @throws Problem 429 if the account has too many streams */
  open(account: string, signal: AbortSignal): Response {
    const feed = this.#feeds.get(account) ?? new DeliveryFeed(this.#sender.forAccount(account), this.#logger);
    this.#feeds.set(account, feed);
    if (feed.size >= MAX_STREAMS_PER_ACCOUNT)
      throw new Problem(429, `Too many open streams: at most ${MAX_STREAMS_PER_ACCOUNT} per account.`);
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
    // The client can disconnect during authentication.
    if (signal.aborted) end();
    else signal.addEventListener("abort", () => end(), { once: true });
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream",
        // Proxies that compress or cache would delay events.
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
      },
    });
  }

  /** Closes all streams. */
  close(): void {
    for (const end of [...this.#closers]) end();
  }

  #start(
    account: string,
    feed: DeliveryFeed,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): () => void {
    const send = (text: string): void => {
      if ((controller.desiredSize ?? 0) <= 0) end();
      else controller.enqueue(Buffer.from(text));
    };
    const heartbeat = setInterval(() => send(": heartbeat\n\n"), HEARTBEAT_INTERVAL_MS);
    heartbeat.unref();
    const unsubscribe = feed.subscribe({
      onChange: (deliveries) => send(deliveries.map(toServerSentEvent).join("")),
      onStoreState: (isReachable) =>
        send(`event: store\ndata: ${JSON.stringify({ is_reachable: isReachable })}\n\n`),
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
        // The reader has disconnected already.
      }
    };
    this.#closers.add(end);
    return end;
  }
}

function toServerSentEvent(delivery: Delivery): string {
  return `event: delivery\ndata: ${JSON.stringify(toDeliveryDto(delivery))}\n\n`;
}
