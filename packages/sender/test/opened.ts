import { type Logger, retrySchedule } from "@heron-webhooks/core";
import { type ManualClock, manualClock } from "@heron-webhooks/core/testing";
import { createSender, memoryStore, type Sender, type SenderOptions, type Store } from "../src/index.ts";
import type { OpenStore } from "./stores.ts";
import { until } from "./until.ts";

export const SECRET = "sec_0123456789abcdef0123456789abcdef";

export const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A sender over a store in memory that may reach this machine, started; it tries again at once, three times. */
export function opened(options: Partial<SenderOptions> = {}): {
  readonly sender: Sender;
  readonly store: Store;
} {
  const store = options.store ?? memoryStore();
  const sender = createSender({
    egress: { allow: ["127.0.0.0/8"], http: true },
    schedule: retrySchedule({ delays: [1, 1, 1], jitter: 0 }),
    logger: quiet,
    ...options,
    store,
  });
  sender.start();
  return { sender, store };
}

/** The same over this store, both with a clock that stands still. */
export function clocked(
  open: OpenStore,
  options: Omit<SenderOptions, "store" | "clock"> = {},
): { readonly sender: Sender; readonly clock: ManualClock } {
  const clock = manualClock();
  return { sender: opened({ ...options, store: open({ clock }), clock }).sender, clock };
}

/** Resolves with so many deliveries once they are in this state; asks again after `meanwhile`, as long as the test may take. */
export function inState(
  sender: Sender,
  state: "delivered" | "dead",
  count = 1,
  meanwhile?: () => Promise<void>,
): Promise<readonly string[]> {
  return until(async () => {
    const { items } = await sender.deliveries.list({ state }, { limit: 1000 });
    return items.length >= count ? items.map(({ id }) => id) : undefined;
  }, meanwhile);
}
