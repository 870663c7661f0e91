import type { Logger } from "@heron-webhooks/core";
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { type ManualClock, manualClock } from "@heron-webhooks/core/testing";
import { createSender, memoryStore, type Sender, type SenderOptions, type Store } from "../src/index.ts";
import type { OpenStore } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

export const SECRET = "sec_0123456789abcdef0123456789abcdef";

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A sender over a store in memory that may reach this machine, started; it tries again at once, three times. */
export function createStartedSender(options: Partial<SenderOptions> = {}): {
  readonly sender: Sender;
  readonly store: Store;
} {
  const store = options.store ?? memoryStore();
  const sender = createSender({
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    retry: createRetryPolicy({ delays: [1, 1, 1], jitter: 0 }),
    logger: silentLogger,
    ...options,
    store,
  });
  sender.start();
  return { sender, store };
}

/** The same over this store, both with a clock that stands still. */
export function createClockedSender(
  open: OpenStore,
  options: Omit<SenderOptions, "store" | "clock"> = {},
): { readonly sender: Sender; readonly clock: ManualClock } {
  const clock = manualClock();
  return { sender: createStartedSender({ ...options, store: open({ clock }), clock }).sender, clock };
}

/** Resolves with so many deliveries once they are in this state; asks again after `meanwhile`, as long as the test may take. */
export function waitForState(
  sender: Sender,
  state: "delivered" | "dead",
  count = 1,
  pause?: () => Promise<void>,
): Promise<readonly string[]> {
  return waitFor(async () => {
    const { data } = await sender.deliveries.list({ state }, { limit: 1000 });
    return data.length >= count ? data.map(({ id }) => id) : undefined;
  }, pause);
}
