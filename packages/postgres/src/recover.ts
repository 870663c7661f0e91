import type { RecoverResult, WebhookRecord } from "@heron-webhooks/engine";
import { EventView, matchesEvent } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";

/** One step of recovering the deliveries that a webhook missed. */
export interface RecoverStep {
  readonly webhook: string;
  readonly sinceMs: number;
  readonly limit: number;
  /** The cursor of the step before; null for the first step. */
  readonly cursor: string | null;
  readonly maxPending: number;
  readonly now: number;
}

interface RequeuedRow {
  readonly webhook: number;
  readonly account: number;
  readonly record: string;
  readonly capacity: number;
  readonly requeued: number;
  readonly since: number;
}

interface EventRow {
  readonly id: number;
  readonly topic: string;
  /** Null if no condition reads it. */
  readonly body: string | null;
  readonly properties: string | null;
}

/** How many events one step scans. */
const SCAN_BATCH_SIZE = 5000;
/** The same if their bodies must be read for conditions. */
const CONDITIONAL_SCAN_BATCH_SIZE = 500;

/** Requeues dead deliveries, then enqueues missed ones, from the event on where the step before ended. */
export async function recover(
  database: Database,
  { webhook, sinceMs, limit, cursor, maxPending, now }: RecoverStep,
): Promise<RecoverResult> {
  const [requeued] = await database.query<RequeuedRow>(
    `select webhook, account, record, capacity, requeued, since from ${database.schema}.requeue_dead($1, $2, $3, $4, $5)`,
    [now, webhook, Math.round(sinceMs), limit, maxPending],
  );
  if (requeued === undefined) return { recovered: 0, nextCursor: null };
  const limitWithinQuota = Math.min(limit, requeued.capacity);
  const firstEvent = Math.max(requeued.since, cursor === null ? 0 : Number.parseInt(cursor, 36) || 0);
  const { added, next } =
    requeued.requeued === limitWithinQuota
      ? { added: 0, next: firstEvent }
      : await enqueueMissed(database, requeued, firstEvent, limitWithinQuota - requeued.requeued, {
          now,
          since: now - sinceMs,
        });
  const recovered = requeued.requeued + added;
  // At the account's limit: the rest can be recovered when these are delivered.
  return {
    recovered,
    nextCursor: next === null || recovered === requeued.capacity ? null : next.toString(36),
  };
}

/** Enqueues the events that match the webhook and have no delivery for it, from publishing or from an earlier recovery. */
async function enqueueMissed(
  database: Database,
  { webhook, account, record }: RequeuedRow,
  firstEvent: number,
  limit: number,
  { now, since }: { readonly now: number; readonly since: number },
): Promise<{ readonly added: number; readonly next: number | null }> {
  const { schema } = database;
  const webhookRecord = JSON.parse(record) as WebhookRecord;
  const isConditional = webhookRecord.conditions !== undefined;
  // Bodies are large, so read them only for conditions, and fewer at a time.
  const lastEvent = firstEvent + (isConditional ? CONDITIONAL_SCAN_BATCH_SIZE : SCAN_BATCH_SIZE);
  const events = await database.query<EventRow>(
    `select id::double precision, topic, ${isConditional ? "body, properties" : "null as body, null as properties"} from ${schema}.events where id >= $1 and id < $2 and account = $3 and not is_targeted
      and published_at >= $4 order by id`,
    [firstEvent, lastEvent, account, Math.round(since)],
  );
  const missedEvents = events
    .filter(({ topic, body, properties }) =>
      matchesEvent(webhookRecord, topic, new EventView(body ?? "", properties)),
    )
    .map(({ id }) => id);
  const [row] = await database.query<{ readonly added: number; readonly next: number | null }>(
    `select added, next from ${schema}.enqueue_missed($1, $2, $3, $4)`,
    [now, webhook, missedEvents, limit],
  );
  const added = row?.added ?? 0;
  if (row !== undefined && row.next !== null) return { added, next: row.next };
  const [newestEvent] = await database.query<{ readonly id: number | null }>(
    `select max(id)::double precision as id from ${schema}.events`,
  );
  return { added, next: lastEvent > (newestEvent?.id ?? 0) ? null : lastEvent };
}
