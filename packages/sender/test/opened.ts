import { retrySchedule } from "@heron-webhooks/core";
import { createSender, memoryStore, type Sender, type SenderOptions, type Store } from "../src/index.ts";

export const SECRET = "sec_0123456789abcdef0123456789abcdef";

/** A sender over a store in memory that may reach this machine, started; it tries again at once, three times. */
export function opened(options: Partial<SenderOptions> = {}): {
  readonly sender: Sender;
  readonly store: Store;
} {
  const store = options.store ?? memoryStore();
  const sender = createSender({
    egress: { allow: ["127.0.0.0/8"], http: true },
    schedule: retrySchedule({ delays: [1, 1, 1], jitter: 0 }),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    ...options,
    store,
  });
  sender.start();
  return { sender, store };
}

/** Resolves with a delivery once it is in this state; asks the store, and never longer than the test may take. */
export async function inState(
  sender: Sender,
  state: "delivered" | "dead",
  count = 1,
): Promise<readonly string[]> {
  for (;;) {
    const { items } = await sender.deliveries.list({ state }, { limit: 1000 });
    if (items.length >= count) return items.map(({ id }) => id);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
