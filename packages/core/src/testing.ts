import type { Clock } from "./clock.ts";
import { createEvent, type EventInput, encodeEvent } from "./event.ts";
import { sign } from "./signature/sign.ts";

/** A request as `fetch(url, request)` and Fastify's `inject({ url, ...request })` take it. */
export interface SignedRequest {
  readonly method: "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer<ArrayBuffer>;
}

/**
 * An event as Heron would send it: `fetch(url, signedRequest({ topic: "end_user.processed", data }, secret))`.
 * @throws HeronError `topic_invalid`, `invalid_event`, `secret_missing`, `secret_invalid`
 */
export function signedRequest(
  event: EventInput,
  secret: string,
  { signatureHeader = "heron-signature" }: { readonly signatureHeader?: string } = {},
): SignedRequest {
  // A Buffer, since `inject` would write any other array of bytes as JSON.
  const body = Buffer.from(encodeEvent(createEvent(event)));
  return {
    method: "POST",
    headers: { "content-type": "application/json", [signatureHeader]: sign(body, secret) },
    body,
  };
}

/** A clock that stands still until it is told otherwise. */
export interface ManualClock extends Clock {
  /** Lets what is under way finish, moves on by `ms`, and fires the timers due in order, each with what it sets going. */
  advance(ms: number): Promise<void>;
}

/** A clock for tests; it starts at `start`, milliseconds since 1970. */
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
      // What is under way may yet be about to set its timer.
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

/** Promises chained on what just happened have run when a macrotask comes round. */
function flushPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
