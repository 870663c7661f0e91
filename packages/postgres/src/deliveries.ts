import type {
  AttemptRecord,
  DeliveryDetails,
  DeliveryFilter,
  DeliveryRecord,
  DeliveryState,
  DeliveryStore,
  Page,
  PageRequest,
} from "@heron-webhooks/engine";
import { getPageLimit } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { IdMap } from "./id-map.ts";
import { recover } from "./recover.ts";

/** How many ids a page scans at most, so that a rare state does not make a listing slow. */
const SCAN_WINDOW_IDS = 50_000;

interface DeliveryRow {
  readonly id: number;
  readonly state: DeliveryState;
  readonly attemptCount: number;
  readonly nextAttemptInMs: number | null;
  readonly responseStatus: number | null;
  readonly durationMs: number | null;
  readonly reason: string | null;
  readonly webhook: string;
  readonly account: string;
  readonly event: string;
  readonly topic: string;
  readonly publishedAt: number;
}

export interface DeliveriesContext {
  readonly database: Database;
  readonly ids: IdMap;
  readonly now: () => number;
  readonly maxPending: number;
  /** Called when a delivery becomes due. */
  readonly notify: () => void;
}

export function createDeliveryStore({
  database,
  ids,
  now,
  maxPending,
  notify,
}: DeliveriesContext): DeliveryStore {
  const { schema } = database;
  return {
    get: (id) => get(database, ids, id, now()),
    list: (filter, page) => list(database, ids, filter, page, now()),
    async retry(id) {
      const deliveryId = await ids.parseDeliveryId(id);
      if (deliveryId === null) return false;
      const [row] = await database.query<{ readonly requeued: number }>(
        `select ${schema}.requeue_deliveries($1, array(select d.id from ${schema}.delivery_log d join ${schema}.webhooks w on w.id = d.webhook where d.id = $2)) as requeued`,
        [now(), deliveryId],
      );
      notify();
      return row?.requeued === 1;
    },
    async recover(webhook, sinceMs, limit, cursor) {
      const recovered = await recover(database, { webhook, sinceMs, limit, cursor, maxPending, now: now() });
      notify();
      return recovered;
    },
  };
}

const SHARED_COLUMNS = "id, webhook, event, attempt_count, response_status, reason";

/** Selects from both tables that can have a delivery. `$1` is the time. */
function toDeliveriesQuery(schema: string, where: string, limit: string): string {
  const selectFrom = (table: string, state: string, dueAt: string, duration: string): string =>
    `(select ${SHARED_COLUMNS}, ${state} as state, ${dueAt} as due_at, ${duration} as duration_ms from ${schema}.${table} d where ${where} order by id desc ${limit})`;
  // Only a delivered row has the duration of the last attempt: the others may have changed state without one.
  const lastAttemptDuration = `(select a.duration_ms from ${schema}.attempts a where a.delivery = d.id order by a.number desc limit 1)`;
  return `select d.id::double precision, d.state, d.attempt_count as "attemptCount",
      case when d.state = 'pending' then greatest(0, d.due_at - $1::bigint)::double precision end as "nextAttemptInMs",
      d.response_status as "responseStatus", d.duration_ms as "durationMs", d.reason, w.external_id as webhook,
      a.external_id as account, e.external_id as event, e.topic, e.published_at::double precision as "publishedAt"
    from (${selectFrom("pending_deliveries", "'pending'", "due_at", lastAttemptDuration)} union all ${selectFrom("delivery_log", "case when is_dead then 'dead' else 'delivered' end", "null::bigint", `case when is_dead then ${lastAttemptDuration} else duration_ms end`)}) d
    join ${schema}.webhooks w on w.id = d.webhook join ${schema}.accounts a on a.id = w.account join ${schema}.events e on e.id = d.event
    order by d.id desc ${limit}`;
}

async function get(database: Database, ids: IdMap, id: string, now: number): Promise<DeliveryDetails | null> {
  const { schema } = database;
  const internalId = await ids.parseDeliveryId(id);
  if (internalId === null) return null;
  const [row] = await database.query<DeliveryRow>(toDeliveriesQuery(schema, "id = $2", ""), [
    now,
    internalId,
  ]);
  if (row === undefined) return null;
  const attempts = await database.query<AttemptRecord>(
    `select number, ended_at::double precision as "endedAt", response_status as "responseStatus", duration_ms as "durationMs", reason,
       response_body as "responseBody" from ${schema}.attempts where delivery = $1
     union all select 1, completed_at::double precision, response_status, duration_ms, null, null from ${schema}.delivery_log
       where id = $1 and not is_dead and attempt_count = 1 and not exists (select from ${schema}.attempts where delivery = $1)
     order by 1`,
    [internalId],
  );
  const [event] = await database.query<{ readonly body: string; readonly user: string | null }>(
    `select e.body, e.properties as user from ${schema}.events e where e.id = (
      select event from ${schema}.pending_deliveries where id = $1 union all select event from ${schema}.delivery_log where id = $1 limit 1)`,
    [internalId],
  );
  const toDeliveryId = await ids.getDeliveryIdFormatter(internalId);
  return {
    delivery: toDeliveryRecord(row, toDeliveryId),
    attempts,
    body: event?.body ?? "",
    user: event?.user ?? null,
  };
}

/** The newest first. A page may be short without being the last, if few deliveries match. */
async function list(
  database: Database,
  ids: IdMap,
  { account, webhook, state }: DeliveryFilter,
  page: PageRequest,
  now: number,
): Promise<Page<DeliveryRecord>> {
  const { schema } = database;
  const limit = getPageLimit(page);
  const [bounds] = await database.query<{ readonly first: number | null; readonly last: number | null }>(
    `select least((select min(id) from ${schema}.pending_deliveries), (select min(id) from ${schema}.delivery_log))::double precision as first,
      greatest((select max(id) from ${schema}.pending_deliveries), (select max(id) from ${schema}.delivery_log))::double precision as last`,
  );
  if (bounds === undefined || bounds.first === null || bounds.last === null)
    return { data: [], nextCursor: null };
  const before =
    page.cursor === undefined ? bounds.last + 1 : ((await ids.parseDeliveryId(page.cursor)) ?? 0);
  const firstId = Math.max(bounds.first, before - SCAN_WINDOW_IDS);
  const values: unknown[] = [now, before, firstId, limit + 1];
  let where = "id < $2 and id >= $3";
  if (account !== undefined) where += ` and account = $${values.push(await ids.findAccountId(account))}`;
  if (webhook !== undefined)
    where += ` and webhook = (select id from ${schema}.webhooks where external_id = $${values.push(webhook)})`;
  const rows = (
    await database.query<DeliveryRow>(toDeliveriesQuery(schema, where, "limit $4"), values)
  ).filter((row) => state === undefined || row.state === state);
  const toDeliveryId = await ids.getDeliveryIdFormatter(firstId);
  const data = rows.slice(0, limit).map((row) => toDeliveryRecord(row, toDeliveryId));
  if (rows.length > limit) return { data, nextCursor: data.at(-1)?.id ?? null };
  return { data, nextCursor: firstId > bounds.first ? toDeliveryId(firstId) : null };
}

function toDeliveryRecord(row: DeliveryRow, toDeliveryId: (number: number) => string): DeliveryRecord {
  const { id, event, topic, publishedAt, ...delivery } = row;
  return { ...delivery, id: toDeliveryId(id), event: { id: event, topic, publishedAt } };
}
