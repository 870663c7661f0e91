import { DatabaseSync } from "node:sqlite";
import { type DeliveryState, sqliteStore } from "../../src/index.ts";

/** What a file holds, as the store and SQLite itself tell it. */
export interface Contents {
  /** Of its events. */
  readonly events: ReadonlySet<string>;
  readonly deliveries: ReadonlyMap<string, DeliveryState>;
  readonly isWhole: boolean;
}

/** Opens a file as a store does after a crash, and reads it. Throws what the store throws. */
export async function contentsOf(path: string, state?: DeliveryState): Promise<Contents> {
  const store = sqliteStore(path, { busyMs: 5000 });
  const events = new Set<string>();
  const deliveries = new Map<string, DeliveryState>();
  try {
    for (let after: string | null | undefined; after !== null; ) {
      const page = await store.deliveries.list({ state }, { limit: 1000, after });
      for (const delivery of page.items) {
        events.add(delivery.event.id);
        deliveries.set(delivery.id, delivery.state);
      }
      after = page.next;
    }
  } finally {
    await store.close();
  }
  const db = new DatabaseSync(path);
  try {
    const found = db.prepare("pragma integrity_check").get() as { readonly integrity_check: string };
    return { events, deliveries, isWhole: found.integrity_check === "ok" };
  } finally {
    db.close();
  }
}
