import type { ExpiredDelivery, KeepLimits } from "../store.ts";
import type { Account, State, StoredEvent } from "./state.ts";

/** Has deliveries die that wait and have been due for longer. */
export function expire(
  state: State,
  olderThanMs: number,
  max: number,
): { readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean } {
  const now = state.now();
  const expired = state.hot.takeOverdue(now - olderThanMs, max, now).flatMap(({ id, attempts }) => {
    const delivery = state.deliveries.get(id);
    if (delivery === undefined) return [];
    state.finish(delivery, "dead", "expired");
    const { id: webhook, account } = delivery.lane.record;
    return [{ delivery: id, webhook, account, topic: delivery.event.event.topic, attempts }];
  });
  return { expired, isDone: expired.length < max };
}

/** Takes away events that are kept no longer and whose deliveries are all settled, with these. */
export function prune(
  state: State,
  { olderThanMs, bytes }: KeepLimits,
  max: number,
): { readonly pruned: number; readonly isDone: boolean } {
  const before = state.now() - olderThanMs;
  let pruned = 0;
  for (const { account, id, stored } of oldestFirst(state)) {
    if (pruned === max) return { pruned, isDone: false };
    if (stored.at >= before && state.bytes <= bytes) break;
    if (stored.deliveries.some((delivery) => delivery.state === "pending")) continue;
    account.events.delete(id);
    state.bytes -= stored.event.body.length;
    for (const delivery of stored.deliveries) state.deliveries.delete(delivery.id);
    pruned++;
  }
  return { pruned, isDone: true };
}

function oldestFirst(
  state: State,
): readonly { readonly account: Account; readonly id: string; readonly stored: StoredEvent }[] {
  return [...state.accounts.values()]
    .flatMap((account) => [...account.events].map(([id, stored]) => ({ account, id, stored })))
    .sort((one, other) => one.stored.at - other.stored.at);
}
