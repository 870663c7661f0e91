import type { Logger } from "@heron-webhooks/core";
import type { Delivery, Sender } from "@heron-webhooks/sender";
import { Problem } from "../api/problem.ts";
import { shownDelivery } from "../api/shown-delivery.ts";
import { Feed } from "./feed.ts";

/** Streams of one account at a time: a browser's tabs share one. */
const MOST = 50;
/** So many bytes may wait to be taken, of one stream: who takes none any more is left, and comes back by itself. */
const MOST_UNREAD = 256 * 1024;
/** Something is said so often, in milliseconds, so that nothing on the way takes the connection for dead. */
const BEAT_MS = 15_000;

/** Server-sent events of what happens to deliveries. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class Streams {
  readonly #sender: Sender;
  readonly #logger: Logger;
  readonly #feeds = new Map<string, Feed>();
  readonly #ends = new Set<() => void>();

  constructor(sender: Sender, logger: Logger) {
    this.#sender = sender;
    this.#logger = logger;
  }

  /** @throws Problem 429 if an account has too many */
  open(account: string, signal: AbortSignal): Response {
    const feed = this.#feeds.get(account) ?? new Feed(this.#sender.for(account), this.#logger);
    this.#feeds.set(account, feed);
    if (feed.size >= MOST) throw new Problem(429, `An account may have ${MOST} streams open.`);
    let end = (): void => {};
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          end = this.#begin(account, feed, controller);
        },
        cancel: () => end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNREAD }),
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
    for (const end of [...this.#ends]) end();
  }

  #begin(account: string, feed: Feed, controller: ReadableStreamDefaultController<Uint8Array>): () => void {
    const send = (text: string): void => {
      if ((controller.desiredSize ?? 0) <= 0) end();
      else controller.enqueue(Buffer.from(text));
    };
    const beat = setInterval(() => send(": still here\n\n"), BEAT_MS);
    beat.unref();
    const leave = feed.subscribe({
      changed: (deliveries) => send(deliveries.map(eventOf).join("")),
      reached: (isReached) => send(`event: store\ndata: ${JSON.stringify({ reached: isReached })}\n\n`),
    });
    send("retry: 2000\n\n");
    const end = (): void => {
      if (!this.#ends.delete(end)) return;
      clearInterval(beat);
      leave();
      if (feed.size === 0) this.#feeds.delete(account);
      try {
        controller.close();
      } catch {
        // Who reads it has gone already.
      }
    };
    this.#ends.add(end);
    return end;
  }
}

function eventOf(delivery: Delivery): string {
  return `event: delivery\ndata: ${JSON.stringify(shownDelivery(delivery))}\n\n`;
}
