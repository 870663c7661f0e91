import { signal } from "@preact/signals";
import { type Delivery, session } from "./api.ts";
import { base } from "./base.ts";

/** Whether what happens is heard of. */
export const connection = signal<"connecting" | "live" | "lost">("connecting");

type Message =
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "state"; readonly state: (typeof connection)["value"] }
  | { readonly kind: "hello" };

type Listener = (delivery: Delivery) => void;

const listeners = new Set<Listener>();

/** Is told of deliveries that are new or not as they were. */
export function onDelivery(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Listens, for all tabs of the session at once: browsers have six connections to a server, and with one stream a tab the
 * seventh, of the application's own pages too, would wait for ever.
 */
export function listen(): void {
  const name = `heron ${base} ${session.value?.account ?? ""}`;
  const channel = new BroadcastChannel(name);
  let leads = false;
  const take = (message: Message): void => {
    if (message.kind === "delivery") for (const listener of listeners) listener(message.delivery);
    if (message.kind === "state") connection.value = message.state;
    if (message.kind === "hello" && leads) channel.postMessage({ kind: "state", state: connection.value });
  };
  const say = (message: Message): void => {
    channel.postMessage(message);
    take(message);
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => take(data);
  const lead = (): Promise<never> =>
    new Promise(() => {
      leads = true;
      const events = new EventSource(`${base}api/events`);
      events.onopen = () => say({ kind: "state", state: "live" });
      events.onerror = () => say({ kind: "state", state: "lost" });
      events.addEventListener("delivery", ({ data }) =>
        say({ kind: "delivery", delivery: JSON.parse(data) }),
      );
      events.addEventListener("store", ({ data }) =>
        say({ kind: "state", state: JSON.parse(data).reached ? "live" : "lost" }),
      );
    });
  // Locks are for secure places alone; elsewhere each tab listens for itself.
  if ("locks" in navigator) void navigator.locks.request(name, lead);
  else void lead();
  channel.postMessage({ kind: "hello" } satisfies Message);
}
