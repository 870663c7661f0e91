import type {
  AttemptRecord,
  DeliveryFilter,
  DeliveryDetails,
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

/** How many deliveries are looked at for a page, so that a rare one keeps nobody waiting. */
const SCAN_WINDOW_IDS = 50_000;

interface DeliveryRow {
  readonly id: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly due: number | null;
  readonly status: number | null;
  readonly ms: number | null;
  readonly reason: string | null;
  readonly webhook: string;
  readonly account: string;
  readonly event: string;
  readonly topic: string;
  readonly at: number;
}

export interface DeliveriesContext {
  readonly database: Database;
  readonly ids: IdMap;
  readonly now: () => number;
  readonly maxPending: number;
  /** Something was made due. */
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
      const [row] = await database.query<{ readonly revived: number }>(
        `select ${schema}.revive($1, array(select d.id from ${schema}.settled d join ${schema}.webhooks w on w.id = d.webhook where d.id = $2)) as revived`,
        [now(), deliveryId],
      );
      notify();
      return row?.revived === 1;
    },
    async recover(webhook, sinceMs, limit, cursor) {
      const recovered = await recover(database, { webhook, sinceMs, limit, cursor, maxPending, now: now() });
      notify();
      return recovered;
    },
  };
}

const SHARED_COLUMNS = "id, webhook, event, attempts, status, reason";

/** Of the two tables that a delivery goes through, what `where` says of each. `$1` is the time. */
function toDeliveriesQuery(schema: string, where: string, limit: string): string {
  const selectFrom = (table: string, state: string, due: string, ms: string): string =>
    `(select ${SHARED_COLUMNS}, ${state} as state, ${due} as due, ${ms} as ms from ${schema}.${table} d where ${where} order by id desc ${limit})`;
  // What waits or died may have ended without an attempt, after one: only a delivered row has the last one's own.
  const lastAttemptDuration = `(select a.ms from ${schema}.attempts a where a.delivery = d.id order by a.n desc limit 1)`;
  return `select d.id::double precision, d.state, d.attempts, greatest(0, d.due - $1::bigint)::double precision as due, d.status, d.ms, d.reason,
    w.key as webhook, a.key as account, e.key as event, e.topic, e.at::double precision
    from (${selectFrom("owed", "'pending'", "due", lastAttemptDuration)} union all ${selectFrom("settled", "case when dead then 'dead' else 'delivered' end", "null::bigint", `case when dead then ${lastAttemptDuration} else ms end`)}) d
    join ${schema}.webhooks w on w.id = d.webhook join ${schema}.accounts a on a.id = w.account join ${schema}.events e on e.id = d.event
    order by d.id desc ${limit}`;
}

async function get(database: Database, ids: IdMap, id: string, now: number): Promise<DeliveryDetails | null> {
  const { schema } = database;
  const internalId = await ids.parseDeliveryId(id);
  if (internalId === null) return null;
  const [row] = await database.query<DeliveryRow>(toDeliveriesQuery(schema, "id = $2", ""), [now, internalId]);
  if (row === undefined) return null;
  const attempts = await database.query<AttemptRecord>(
    `select n as number, at::double precision, status, ms, reason, answer from ${schema}.attempts where delivery = $1
     union all select 1, at::double precision, status, ms, null, null from ${schema}.settled d where id = $1 and not dead and attempts = 1
       and not exists (select from ${schema}.attempts where delivery = $1)
     order by 1`,
    [internalId],
  );
  const [event] = await database.query<{ readonly body: string; readonly user: string | null }>(
    `select e.body, e.properties as user from ${schema}.events e where e.id = (
      select event from ${schema}.owed where id = $1 union all select event from ${schema}.settled where id = $1 limit 1)`,
    [internalId],
  );
  const toDeliveryId = await ids.getDeliveryIdFormatter(internalId);
  return { delivery: toDeliveryRecord(row, toDeliveryId), attempts, body: event?.body ?? "", user: event?.user ?? null };
}

/** The newest first. A page may be short and not be the last, if what is looked for is rare. */
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
    `select least((select min(id) from ${schema}.owed), (select min(id) from ${schema}.settled))::double precision as first,
      greatest((select max(id) from ${schema}.owed), (select max(id) from ${schema}.settled))::double precision as last`,
  );
  if (bounds === undefined || bounds.first === null || bounds.last === null) return { data: [], nextCursor: null };
  const before = page.cursor === undefined ? bounds.last + 1 : ((await ids.parseDeliveryId(page.cursor)) ?? 0);
  const firstId = Math.max(bounds.first, before - SCAN_WINDOW_IDS);
  const values: unknown[] = [now, before, firstId, limit + 1];
  let where = "id < $2 and id >= $3";
  if (account !== undefined) where += ` and account = $${values.push(await ids.findAccountId(account))}`;
  if (webhook !== undefined)
    where += ` and webhook = (select id from ${schema}.webhooks where key = $${values.push(webhook)})`;
  const rows = (await database.query<DeliveryRow>(toDeliveriesQuery(schema, where, "limit $4"), values)).filter(
    (row) => state === undefined || row.state === state,
  );
  const toDeliveryId = await ids.getDeliveryIdFormatter(firstId);
  const data = rows.slice(0, limit).map((row) => toDeliveryRecord(row, toDeliveryId));
  if (rows.length > limit) return { data, nextCursor: data.at(-1)?.id ?? null };
  return { data, nextCursor: firstId > bounds.first ? toDeliveryId(firstId) : null };
}

function toDeliveryRecord(row: DeliveryRow, toDeliveryId: (number: number) => string): DeliveryRecord {
  const { id, webhook, account, event, topic, at: publishedAt, state, attempts: attemptCount, due, status: responseStatus, ms: durationMs, reason } = row;
  return {
    id: toDeliveryId(id),
    webhook,
    account,
    event: { id: event, topic, publishedAt },
    state,
    attemptCount,
    nextAttemptInMs: state === "pending" ? (due ?? 0) : null,
    responseStatus,
    durationMs,
    reason,
  };
}
