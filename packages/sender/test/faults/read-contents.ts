import { DatabaseSync } from "node:sqlite";
import { type DeliveryState, sqliteStore } from "../../src/index.ts";

/** The contents of a file, read by the store and by SQLite. */
export interface Contents {
  /** Of its events. */
  readonly events: ReadonlySet<string>;
  readonly deliveries: ReadonlyMap<string, DeliveryState>;
  readonly isIntact: boolean;
}

/** Opens a file as a store does after a crash, and reads it. Throws what the store throws. */
export async function readContents(path: string, state?: DeliveryState): Promise<Contents> {
  const store = sqliteStore(path, { busyTimeout: 5000 });
  const events = new Set<string>();
  const deliveries = new Map<string, DeliveryState>();
  try {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await store.deliveries.list({ state }, { limit: 1000, cursor });
      for (const delivery of page.data) {
        events.add(delivery.event.id);
        deliveries.set(delivery.id, delivery.state);
      }
      cursor = page.nextCursor;
    }
  } finally {
    await store.close();
  }
  const db = new DatabaseSync(path);
  try {
    const found = db.prepare("pragma integrity_check").get() as { readonly integrity_check: string };
    return { events, deliveries, isIntact: found.integrity_check === "ok" };
  } finally {
    db.close();
  }
}
