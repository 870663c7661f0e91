import type { Logger } from "@heron-webhooks/core";
import { createSender, type Sender, type Store } from "@heron-webhooks/sender";
import { CONCURRENCY } from "./delivery-program.ts";

/** Prints warnings, since there should be none. */
export const SILENT_LOGGER: Logger = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** Our sender with the default options, except for egress. `onCompleted` gets the number of recorded deliveries. */
export function createHeronSender(store: Store, onCompleted: (count: number) => void = () => {}): Sender {
  return createSender({
    store: countCompletions(store, onCompleted),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    concurrency: CONCURRENCY,
    // Longer than any bench, so that hanging requests keep hanging.
    timeout: "120s",
    logger: SILENT_LOGGER,
  });
}

/** A store that reports how many deliveries it has recorded. */
function countCompletions(store: Store, onCompleted: (count: number) => void): Store {
  return {
    ...store,
    async complete(results) {
      const lost = await store.complete(results);
      onCompleted(results.filter((result) => result.completion.state === "delivered").length - lost.length);
      return lost;
    },
  };
}
