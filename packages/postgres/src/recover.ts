import type { RecoverResult, WebhookRecord } from "@heron-webhooks/engine";
import { EventView, matchesEvent } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";

/** One step of recovering what a webhook has not had. */
export interface RecoverStep {
  readonly webhook: string;
  readonly sinceMs: number;
  readonly limit: number;
  /** What the step before said; null for the first. */
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
  /** Null if nothing looks at it. */
  readonly body: string | null;
  readonly properties: string | null;
}

/** How many events are looked at in one step, whether or not any was missed. */
const SCAN_BATCH_SIZE = 5000;
/** The same if their bodies must be read. */
const CONDITIONAL_SCAN_BATCH_SIZE = 500;

/** Revives what is dead, and then puts down what was missed, from the event on that the step before came to. */
export async function recover(
  database: Database,
  { webhook, sinceMs, limit, cursor, maxPending, now }: RecoverStep,
): Promise<RecoverResult> {
  const [requeued] = await database.query<RequeuedRow>(
    `select * from ${database.schema}.recover_dead($1, $2, $3, $4, $5)`,
    [now, webhook, Math.round(sinceMs), limit, maxPending],
  );
  if (requeued === undefined) return { recovered: 0, nextCursor: null };
  const limitWithinQuota = Math.min(limit, requeued.capacity);
  const firstEvent = Math.max(requeued.since, cursor === null ? 0 : Number.parseInt(cursor, 36) || 0);
  const { added, next } =
    requeued.requeued === limitWithinQuota
      ? { added: 0, next: firstEvent }
      : await addMissed(database, requeued, firstEvent, limitWithinQuota - requeued.requeued, { now, since: now - sinceMs });
  const recovered = requeued.requeued + added;
  // The rest can be recovered when these have gone.
  return { recovered, nextCursor: next === null || recovered === requeued.capacity ? null : next.toString(36) };
}

/** Events that it should have had: none of their deliveries is its, born with them or put down later. */
async function addMissed(
  database: Database,
  { webhook, account, record }: RequeuedRow,
  firstEvent: number,
  limit: number,
  { now, since }: { readonly now: number; readonly since: number },
): Promise<{ readonly added: number; readonly next: number | null }> {
  const { schema } = database;
  const webhookRecord = JSON.parse(record) as WebhookRecord;
  const isConditional = webhookRecord.conditions !== undefined;
  // Bodies are large.
  const lastEvent = firstEvent + (isConditional ? CONDITIONAL_SCAN_BATCH_SIZE : SCAN_BATCH_SIZE);
  const events = await database.query<EventRow>(
    `select id::double precision, topic, ${isConditional ? "body, properties" : "null as body, null as properties"} from ${schema}.events where id >= $1 and id < $2 and account = $3 and not named
      and at >= $4 order by id`,
    [firstEvent, lastEvent, account, Math.round(since)],
  );
  const missedEvents = events
    .filter(({ topic, body, properties }) => matchesEvent(webhookRecord, topic, new EventView(body ?? "", properties)))
    .map(({ id }) => id);
  const [row] = await database.query<{ readonly added: number; readonly next: number | null }>(
    `select * from ${schema}.add_missed($1, $2, $3, $4)`,
    [now, webhook, missedEvents, limit],
  );
  const added = row?.added ?? 0;
  if (row !== undefined && row.next !== null) return { added, next: row.next };
  const [newestEvent] = await database.query<{ readonly id: number | null }>(
    `select max(id)::double precision as id from ${schema}.events`,
  );
  return { added, next: lastEvent > (newestEvent?.id ?? 0) ? null : lastEvent };
}
