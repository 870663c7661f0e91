import type { Logger } from "@heron-webhooks/core";
import { createSender, type Sender, type Store } from "@heron-webhooks/sender";
import { CONCURRENCY } from "./delivery-program.ts";

/** Warnings are to be seen, since there should be none. */
export const SILENT_LOGGER: Logger = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** Our sender over a store, as it is by default but for what it may reach. `settled` is told what has been recorded. */
export function createHeronSender(store: Store, onCompleted: (count: number) => void = () => {}): Sender {
  return createSender({
    store: countCompletions(store, onCompleted),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    concurrency: CONCURRENCY,
    // So that what hangs goes on hanging for as long as anything here takes.
    timeout: "120s",
    logger: SILENT_LOGGER,
  });
}

/** The store, telling of what it has recorded as delivered. */
function countCompletions(store: Store, onCompleted: (count: number) => void): Store {
  return {
    ...store,
    async complete(settlements) {
      const lost = await store.complete(settlements);
      onCompleted(
        settlements.filter((result) => result.completion.state === "delivered").length - lost.length,
      );
      return lost;
    },
  };
}
