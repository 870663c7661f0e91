import type { Logger } from "@heron-webhooks/core";
import { createSender, type Sender, type Store } from "@heron-webhooks/sender";
import { SLOTS } from "./subject.ts";

/** Warnings are to be seen, since there should be none. */
export const LOGGER: Logger = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** Our sender over a store, as it is by default but for what it may reach. `settled` is told what has been recorded. */
export function heronSender(store: Store, settled: (count: number) => void = () => {}): Sender {
  return createSender({
    store: counted(store, settled),
    egress: { allow: ["127.0.0.0/8"], http: true },
    slots: SLOTS,
    // So that what hangs goes on hanging for as long as anything here takes.
    timeout: "120s",
    logger: LOGGER,
  });
}

/** The store, telling of what it has recorded as delivered. */
function counted(store: Store, settled: (count: number) => void): Store {
  return {
    ...store,
    async settle(settlements) {
      const lost = await store.settle(settlements);
      settled(settlements.filter((one) => one.settled.state === "delivered").length - lost.length);
      return lost;
    },
  };
}
