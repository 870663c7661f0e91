import { signal } from "@preact/signals";
import { ask, type Delivery, session } from "./api.ts";
import { base } from "./base.ts";

/** Whether what happens is heard of; `unread` if the server is there, but cannot read deliveries. */
export type Connection =
  | { readonly state: "connecting" | "live" }
  | { readonly state: "unread"; readonly since: number }
  | { readonly state: "lost"; readonly since: number; readonly againAt: number };

export const connection = signal<Connection>({ state: "connecting" });

type Message =
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "connection"; readonly connection: Connection }
  | { readonly kind: "hello" };

/** Pauses before the stream is opened again, in milliseconds; the last one again and again. */
const PAUSES: readonly number[] = [2000, 4000, 8000, 15_000, 30_000];

const listeners = new Set<(delivery: Delivery) => void>();
const returns = new Set<() => void>();
const beginnings = new Set<() => void>();

/** Is told of deliveries that are new or not as they were. */
export function onDelivery(listener: (delivery: Delivery) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Is told when the connection is back, and something may have been missed. */
export function onReturn(listener: () => void): () => void {
  returns.add(listener);
  return () => returns.delete(listener);
}

/** Is told when the stream begins: what was loaded before may be old by then, since only what comes after is told. */
export function onBeginning(listener: () => void): () => void {
  beginnings.add(listener);
  return () => beginnings.delete(listener);
}

/** Tells of a delivery that this tab came to know otherwise: the stream has only the newest. */
export function tell(delivery: Delivery): void {
  for (const listener of listeners) listener(delivery);
}

/** Takes note of how the connection is, and tells if it is back. */
function become(next: Connection): void {
  const before = connection.value;
  connection.value = next;
  if (next.state !== "live" || before.state === "live") return;
  for (const listener of "since" in before ? returns : beginnings) listener();
}

/**
 * Listens, for all tabs of the session at once: browsers have six connections to a server, and with one stream a tab the
 * seventh, of the application's own pages too, would wait for ever. Gives how to stop.
 */
export function listen(): () => void {
  const name = `heron ${base} ${session.value?.account ?? ""}`;
  const channel = new BroadcastChannel(name);
  const stopping = new AbortController();
  let leads = false;
  const take = (message: Message): void => {
    if (message.kind === "delivery") tell(message.delivery);
    if (message.kind === "connection") become(message.connection);
    if (message.kind === "hello" && leads)
      channel.postMessage({ kind: "connection", connection: connection.value } satisfies Message);
  };
  const say = (message: Message): void => {
    channel.postMessage(message);
    take(message);
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => take(data);
  const lead = (): Promise<void> => {
    leads = true;
    return stream(say, stopping.signal);
  };
  // Locks are for secure places alone; elsewhere each tab listens for itself.
  if ("locks" in navigator)
    navigator.locks.request(name, { signal: stopping.signal }, lead).catch(() => undefined);
  else void lead();
  channel.postMessage({ kind: "hello" } satisfies Message);
  return () => {
    stopping.abort();
    channel.close();
    connection.value = { state: "connecting" };
  };
}

/** Keeps a stream open, until it is stopped. */
async function stream(say: (message: Message) => void, stopped: AbortSignal): Promise<void> {
  let failures = 0;
  let since = 0;
  while (!stopped.aborted) {
    await opened(say, stopped, () => {
      failures = 0;
      since = 0;
    });
    if (stopped.aborted) return;
    since ||= Date.now();
    const pause = PAUSES[Math.min(failures++, PAUSES.length - 1)] ?? 0;
    say({ kind: "connection", connection: { state: "lost", since, againAt: Date.now() + pause } });
    // A stream says only that it failed: whether the session has ended is asked.
    ask("GET", "/session").catch((error: unknown) => {
      if ((error as { readonly status?: number }).status === 401) session.value = null;
    });
    await paused(pause, stopped);
  }
}

/** One stream, for as long as it lasts. The browser's own way of trying again neither tells when nor survives a 502. */
function opened(say: (message: Message) => void, stopped: AbortSignal, begun: () => void): Promise<void> {
  return new Promise((resolve) => {
    const events = new EventSource(`${base}api/events`);
    const end = (): void => {
      events.close();
      stopped.removeEventListener("abort", end);
      resolve();
    };
    stopped.addEventListener("abort", end);
    events.onerror = end;
    events.addEventListener("delivery", ({ data }) => say({ kind: "delivery", delivery: JSON.parse(data) }));
    events.addEventListener("store", ({ data }) => {
      const isRead = (JSON.parse(data) as { readonly reached: boolean }).reached;
      begun();
      say({
        kind: "connection",
        connection: isRead ? { state: "live" } : { state: "unread", since: Date.now() },
      });
    });
  });
}

/** Waits; less if the network comes back, or somebody looks at the page again. */
function paused(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      document.removeEventListener("visibilitychange", seen);
      stopped.removeEventListener("abort", done);
      resolve();
    };
    const seen = (): void => {
      if (document.visibilityState === "visible") done();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    document.addEventListener("visibilitychange", seen);
    stopped.addEventListener("abort", done);
  });
}
