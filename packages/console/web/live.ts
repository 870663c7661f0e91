import { signal } from "@preact/signals";
import { callApi, type Delivery, session } from "./api.ts";
import { basePath } from "./base.ts";

/** State of the event stream; `store_unreachable` if the server cannot read deliveries. */
export type Connection =
  | { readonly state: "connecting" | "live" }
  | { readonly state: "store_unreachable"; readonly since: number }
  | { readonly state: "lost"; readonly since: number; readonly retryAt: number };

export const connection = signal<Connection>({ state: "connecting" });

type LiveMessage =
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "connection"; readonly connection: Connection }
  | { readonly kind: "hello" };

/** The last delay repeats. */
const RECONNECT_DELAYS_MS: readonly number[] = [2000, 4000, 8000, 15_000, 30_000];

const deliveryListeners = new Set<(delivery: Delivery) => void>();
const reconnectListeners = new Set<() => void>();
const connectListeners = new Set<() => void>();

/** Calls the listener with new and changed deliveries. */
export function onDelivery(listener: (delivery: Delivery) => void): () => void {
  deliveryListeners.add(listener);
  return () => deliveryListeners.delete(listener);
}

/** Calls the listener after a reconnect, because events may have been missed. */
export function onReconnect(listener: () => void): () => void {
  reconnectListeners.add(listener);
  return () => reconnectListeners.delete(listener);
}

/** Calls the listener when the stream starts, because it only reports changes after that. */
export function onConnect(listener: () => void): () => void {
  connectListeners.add(listener);
  return () => connectListeners.delete(listener);
}

/** Publishes a delivery that this tab loaded itself: the stream only covers the newest. */
export function notifyDelivery(delivery: Delivery): void {
  for (const listener of deliveryListeners) listener(delivery);
}

function setConnection(next: Connection): void {
  const previous = connection.value;
  connection.value = next;
  if (next.state !== "live" || previous.state === "live") return;
  for (const listener of "since" in previous ? reconnectListeners : connectListeners) listener();
}

/**
 * Opens one stream for all tabs of the session and returns a function that closes it. Browsers allow six connections to a
 * server; with a stream per tab, the seventh request would never be sent.
 */
export function connect(): () => void {
  const channelName = `heron.stream.${basePath}.${session.value?.account ?? ""}`;
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
  // The Web Locks API needs a secure context; elsewhere each tab opens its own stream.
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

/** Keeps a stream open until it is aborted. */
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
    // EventSource does not report the status, so check whether the session has expired.
    callApi("GET", "/session").catch((error: unknown) => {
      if ((error as { readonly status?: number }).status === 401) session.value = null;
    });
    await waitForRetry(delayMs, abortSignal);
  }
}

/** Resolves when the stream ends. The browser's own reconnect hides its delay and gives up after a 502. */
function openStream(
  broadcast: (message: LiveMessage) => void,
  abortSignal: AbortSignal,
  onOpen: () => void,
): Promise<void> {
  return new Promise((resolve) => {
    const events = new EventSource(`${basePath}api/events`);
    const close = (): void => {
      events.close();
      abortSignal.removeEventListener("abort", close);
      resolve();
    };
    abortSignal.addEventListener("abort", close);
    events.onerror = close;
    events.addEventListener("delivery", ({ data }) =>
      broadcast({ kind: "delivery", delivery: JSON.parse(data) }),
    );
    events.addEventListener("store", ({ data }) => {
      const isReachable = (JSON.parse(data) as { readonly is_reachable: boolean }).is_reachable;
      onOpen();
      broadcast({
        kind: "connection",
        connection: isReachable ? { state: "live" } : { state: "store_unreachable", since: Date.now() },
      });
    });
  });
}

/** Waits; resolves early when the network is back or the page becomes visible. */
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
