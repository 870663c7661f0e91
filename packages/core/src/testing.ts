import type { Clock } from "./clock.ts";
import { createEvent, type EventInput, encodeEvent } from "./event.ts";
import { sign } from "./signature/sign.ts";

/** A request for `fetch(url, request)` and Fastify's `inject({ url, ...request })`. */
export interface SignedRequest {
  readonly method: "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer<ArrayBuffer>;
}

/**
 * Creates a request as Heron sends it: `fetch(url, signedRequest({ topic: "end_user.processed", data }, secret))`.
 * @throws HeronError `topic_invalid`, `invalid_event`, `secret_missing`, `secret_invalid`
 */
export function signedRequest(
  event: EventInput,
  secret: string,
  { signatureHeader = "heron-signature" }: { readonly signatureHeader?: string } = {},
): SignedRequest {
  // A Buffer: `inject` writes other byte arrays as JSON.
  const body = Buffer.from(encodeEvent(createEvent(event)));
  return {
    method: "POST",
    headers: { "content-type": "application/json", [signatureHeader]: sign(body, secret) },
    body,
  };
}

/** A clock that moves only by `advance`. */
export interface ManualClock extends Clock {
  /** Flushes pending promises, advances by `ms`, and fires due timers in order, flushing after each. */
  advance(ms: number): Promise<void>;
}

/** Creates a clock for tests that starts at `start`, in milliseconds since 1970. */
export function manualClock(start: number = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => now,
    setTimeout(callback, ms) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      // Pending promises may be about to set timers.
      await flushPromises();
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.callback();
        await flushPromises();
      }
      now = until;
      await flushPromises();
    },
  };
}

/** A macrotask runs after all chained promises. */
function flushPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
