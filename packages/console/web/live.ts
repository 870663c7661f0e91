import { signal } from "@preact/signals";
import { callApi, type Delivery, session } from "./api.ts";
import { basePath } from "./base.ts";

/** Whether what happens is heard of; `unread` if the server is there, but cannot read deliveries. */
export type Connection =
  | { readonly state: "connecting" | "live" }
  | { readonly state: "unread"; readonly since: number }
  | { readonly state: "lost"; readonly since: number; readonly retryAt: number };

export const connection = signal<Connection>({ state: "connecting" });

type LiveMessage =
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "connection"; readonly connection: Connection }
  | { readonly kind: "hello" };

/** Pauses before the stream is opened again, in milliseconds; the last one again and again. */
const RECONNECT_DELAYS_MS: readonly number[] = [2000, 4000, 8000, 15_000, 30_000];

const deliveryListeners = new Set<(delivery: Delivery) => void>();
const reconnectListeners = new Set<() => void>();
const connectListeners = new Set<() => void>();

/** Is told of deliveries that are new or not as they were. */
export function onDelivery(listener: (delivery: Delivery) => void): () => void {
  deliveryListeners.add(listener);
  return () => deliveryListeners.delete(listener);
}

/** Is told when the connection is back, and something may have been missed. */
export function onReconnect(listener: () => void): () => void {
  reconnectListeners.add(listener);
  return () => reconnectListeners.delete(listener);
}

/** Is told when the stream begins: what was loaded before may be old by then, since only what comes after is told. */
export function onConnect(listener: () => void): () => void {
  connectListeners.add(listener);
  return () => connectListeners.delete(listener);
}

/** Tells of a delivery that this tab came to know otherwise: the stream has only the newest. */
export function notifyDelivery(delivery: Delivery): void {
  for (const listener of deliveryListeners) listener(delivery);
}

/** Takes note of how the connection is, and tells if it is back. */
function setConnection(next: Connection): void {
  const previous = connection.value;
  connection.value = next;
  if (next.state !== "live" || previous.state === "live") return;
  for (const listener of "since" in previous ? reconnectListeners : connectListeners) listener();
}

/**
 * Listens, for all tabs of the session at once: browsers have six connections to a server, and with one stream a tab the
 * seventh, of the application's own pages too, would wait for ever. Gives how to stop.
 */
export function connect(): () => void {
  const channelName = `heron ${basePath} ${session.value?.account ?? ""}`;
  const channel = new BroadcastChannel(channelName);
  const abortController = new AbortController();
  let isLeader = false;
  const handleMessage = (message: LiveMessage): void => {
    if (message.kind === "delivery") notifyDelivery(message.delivery);
    if (message.kind === "connection") setConnection(message.connection);
    if (message.kind === "hello" && isLeader)
      channel.postMessage({ kind: "connection", connection: connection.value } satisfies LiveMessage);
  };
  const broadcast = (message: LiveMessage): void => {
    channel.postMessage(message);
    handleMessage(message);
  };
  channel.onmessage = ({ data }: MessageEvent<LiveMessage>) => handleMessage(data);
  const lead = (): Promise<void> => {
    isLeader = true;
    return runStream(broadcast, abortController.signal);
  };
  // Locks are for secure places alone; elsewhere each tab listens for itself.
  if ("locks" in navigator)
    navigator.locks.request(channelName, { signal: abortController.signal }, lead).catch(() => undefined);
  else void lead();
  channel.postMessage({ kind: "hello" } satisfies LiveMessage);
  return () => {
    abortController.abort();
    channel.close();
    connection.value = { state: "connecting" };
  };
}

/** Keeps a stream open, until it is stopped. */
async function runStream(broadcast: (message: LiveMessage) => void, abortSignal: AbortSignal): Promise<void> {
  let failures = 0;
  let since = 0;
  while (!abortSignal.aborted) {
    await openStream(broadcast, abortSignal, () => {
      failures = 0;
      since = 0;
    });
    if (abortSignal.aborted) return;
    since ||= Date.now();
    const delayMs = RECONNECT_DELAYS_MS[Math.min(failures++, RECONNECT_DELAYS_MS.length - 1)] ?? 0;
    broadcast({ kind: "connection", connection: { state: "lost", since, retryAt: Date.now() + delayMs } });
    // A stream says only that it failed: whether the session has ended is asked.
    callApi("GET", "/session").catch((error: unknown) => {
      if ((error as { readonly status?: number }).status === 401) session.value = null;
    });
    await waitForRetry(delayMs, abortSignal);
  }
}

/** One stream, for as long as it lasts. The browser's own way of trying again neither tells when nor survives a 502. */
function openStream(broadcast: (message: LiveMessage) => void, abortSignal: AbortSignal, onOpen: () => void): Promise<void> {
  return new Promise((resolve) => {
    const events = new EventSource(`${basePath}api/events`);
    const close = (): void => {
      events.close();
      abortSignal.removeEventListener("abort", close);
      resolve();
    };
    abortSignal.addEventListener("abort", close);
    events.onerror = close;
    events.addEventListener("delivery", ({ data }) => broadcast({ kind: "delivery", delivery: JSON.parse(data) }));
    events.addEventListener("store", ({ data }) => {
      const isReachable = (JSON.parse(data) as { readonly reached: boolean }).reached;
      onOpen();
      broadcast({
        kind: "connection",
        connection: isReachable ? { state: "live" } : { state: "unread", since: Date.now() },
      });
    });
  });
}

/** Waits; less if the network comes back, or somebody looks at the page again. */
function waitForRetry(ms: number, abortSignal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      document.removeEventListener("visibilitychange", onVisible);
      abortSignal.removeEventListener("abort", done);
      resolve();
    };
    const onVisible = (): void => {
      if (document.visibilityState === "visible") done();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    document.addEventListener("visibilitychange", onVisible);
    abortSignal.addEventListener("abort", done);
  });
}
