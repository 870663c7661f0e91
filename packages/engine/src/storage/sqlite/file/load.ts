import type { QueuedEvent } from "../../../queue/queued-delivery.ts";
import type { StoreFile } from "./store-file.ts";
import type { CachedWebhook } from "./webhook-cache.ts";

/** A waiting delivery loaded from the file. */
export interface LoadedDelivery {
  readonly id: number;
  readonly webhook: number;
  readonly attemptCount: number;
  readonly attemptsBeforeRequeue: number;
  readonly enqueuedAt: number;
  readonly dueAt: number;
  readonly event: QueuedEvent;
}

/** Deliveries loaded per webhook at once, so that paused webhooks do not fill the memory. */
const MAX_LOADED_PER_WEBHOOK = 256;
/** The total size of the bodies loaded at once. */
const MAX_LOADED_BYTES = 8 * 1024 * 1024;

/** Loads due deliveries, oldest first, up to `perWebhook` for each webhook. */
export function load(
  file: StoreFile,
  webhooks: readonly number[],
  perWebhook: number,
  now: number,
): readonly LoadedDelivery[] {
  const maxBytes = MAX_LOADED_BYTES / webhooks.length;
  return webhooks.flatMap((number) => {
    return file.webhooks.exists(number)
      ? loadWebhook(
          file,
          file.webhooks.loadWebhook(number),
          Math.min(MAX_LOADED_PER_WEBHOOK, perWebhook),
          maxBytes,
          now,
        )
      : [];
  });
}

function loadWebhook(
  file: StoreFile,
  webhook: CachedWebhook,
  perWebhook: number,
  maxBytes: number,
  now: number,
): readonly LoadedDelivery[] {
  const { number, loadedIds } = webhook;
  const limit = perWebhook + loadedIds.size;
  const rows = file.statements.all(
    `select d.id, d.attempt_count, d.due_at, e.topic, e.body, e.user, e.traceparent,
       coalesce(r.requeued_at, e.published_at) as enqueued_at, coalesce(r.attempts_before, 0) as attempts_before
     from deliveries d join events e on e.id = d.event left join requeued r on r.delivery = d.id
     where d.webhook = ? and d.state = 3 and d.due_at <= ? order by d.due_at, d.id limit ?`,
    number,
    now,
    limit,
  );
  const loadedRows: LoadedDelivery[] = [];
  let bytes = 0;
  for (const row of rows) {
    const id = Number(row["id"]);
    if (loadedIds.has(id)) continue;
    // At least one, however large, or the queue would stop.
    if (loadedRows.length > 0 && bytes >= maxBytes) break;
    const body = String(row["body"]);
    bytes += body.length;
    const user = row["user"] === null ? null : String(row["user"]);
    loadedRows.push({
      id,
      webhook: number,
      attemptCount: Number(row["attempt_count"]),
      attemptsBeforeRequeue: Number(row["attempts_before"]),
      enqueuedAt: Number(row["enqueued_at"]),
      dueAt: Number(row["due_at"]),
      event: {
        topic: String(row["topic"]),
        body,
        user,
        traceparent: row["traceparent"] === null ? null : String(row["traceparent"]),
      },
    });
  }
  const isComplete =
    rows.length < limit &&
    loadedRows.length +
      countMembers(
        rows.map(({ id }) => Number(id)),
        loadedIds,
      ) ===
      rows.length;
  file.afterCommit(() => {
    for (const { id } of loadedRows) loadedIds.add(id);
    webhook.isSpilled = !isComplete;
  });
  file.replaceStored(webhook, isComplete ? getNextDueAt(file, webhook, now) : now);
  return loadedRows;
}

function countMembers(ids: readonly number[], set: ReadonlySet<number>): number {
  return ids.filter((id) => set.has(id)).length;
}

/** When the next delivery becomes due; null if there is none. */
function getNextDueAt(file: StoreFile, { number }: CachedWebhook, now: number): number | null {
  const dueAt = file.statements.get(
    "select min(due_at) as due_at from deliveries where webhook = ? and state = 3 and due_at > ?",
    number,
    now,
  )?.["due_at"];
  return dueAt === null || dueAt === undefined ? null : Number(dueAt);
}
