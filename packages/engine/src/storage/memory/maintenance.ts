import type { ExpiredDelivery, RetentionLimits } from "../store.ts";
import type { MemoryState, StoredAccount, StoredEvent } from "./state.ts";

/** Expires waiting deliveries that have been due for longer. */
export function expire(
  state: MemoryState,
  olderThanMs: number,
  max: number,
): { readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean } {
  const now = state.now();
  const expired = state.localQueue
    .takeOverdue(now - olderThanMs, max, now)
    .flatMap(({ id, attemptCount }) => {
      const delivery = state.deliveries.get(id);
      if (delivery === undefined) return [];
      state.finish(delivery, "dead", "expired");
      const { id: webhook, account } = delivery.queue.record;
      return [{ delivery: id, webhook, account, topic: delivery.event.event.topic, attemptCount }];
    });
  return { expired, isDone: expired.length < max };
}

/** Deletes events beyond the limits, with their deliveries, if none of these is pending. */
export function prune(
  state: MemoryState,
  { maxAgeMs, maxBytes }: RetentionLimits,
  max: number,
): { readonly pruned: number; readonly isDone: boolean } {
  const publishedBefore = state.now() - maxAgeMs;
  let pruned = 0;
  for (const { account, id, stored } of oldestFirst(state)) {
    if (pruned === max) return { pruned, isDone: false };
    if (stored.publishedAt >= publishedBefore && state.bodyLength <= maxBytes) break;
    if (stored.deliveries.some((delivery) => delivery.state === "pending")) continue;
    account.events.delete(id);
    state.bodyLength -= stored.event.body.length;
    for (const delivery of stored.deliveries) state.deliveries.delete(delivery.id);
    pruned++;
  }
  return { pruned, isDone: true };
}

function oldestFirst(
  state: MemoryState,
): readonly { readonly account: StoredAccount; readonly id: string; readonly stored: StoredEvent }[] {
  return [...state.accounts.values()]
    .flatMap((account) => [...account.events].map(([id, stored]) => ({ account, id, stored })))
    .sort((a, b) => a.stored.publishedAt - b.stored.publishedAt);
}
