import type {
  AttemptRecord,
  DeliveryFilter,
  DeliveryLog,
  DeliveryRecord,
  DeliveryState,
  DeliveryStore,
  Page,
  PageRequest,
} from "@heron-webhooks/engine";
import { limitOf } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { Names } from "./names.ts";
import { recover } from "./recover.ts";

/** How many deliveries are looked at for a page, so that a rare one keeps nobody waiting. */
const WINDOW = 50_000;

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
  readonly names: Names;
  readonly now: () => number;
  readonly maxPending: number;
  /** Something was made due. */
  readonly woken: () => void;
}

export function postgresDeliveries({
  database,
  names,
  now,
  maxPending,
  woken,
}: DeliveriesContext): DeliveryStore {
  const { schema } = database;
  return {
    get: (id) => get(database, names, id, now()),
    list: (filter, page) => list(database, names, filter, page, now()),
    async retry(id) {
      const number = await names.deliveryNumber(id);
      if (number === null) return false;
      const [row] = await database.query<{ readonly revived: number }>(
        `select ${schema}.revive($1, array(select d.id from ${schema}.settled d join ${schema}.webhooks w on w.id = d.webhook where d.id = $2)) as revived`,
        [now(), number],
      );
      woken();
      return row?.revived === 1;
    },
    async recover(webhook, sinceMs, max, after) {
      const recovered = await recover(database, { webhook, sinceMs, max, after, maxPending, now: now() });
      woken();
      return recovered;
    },
  };
}

const COLUMNS = "id, webhook, event, attempts, status, reason";

/** Of the two tables that a delivery goes through, what `where` says of each. `$1` is the time. */
function rowsOf(schema: string, where: string, limit: string): string {
  const part = (table: string, state: string, due: string, ms: string): string =>
    `(select ${COLUMNS}, ${state} as state, ${due} as due, ${ms} as ms from ${schema}.${table} d where ${where} order by id desc ${limit})`;
  // What waits or died may have ended without an attempt, after one: only a delivered row has the last one's own.
  const lastMs = `(select a.ms from ${schema}.attempts a where a.delivery = d.id order by a.n desc limit 1)`;
  return `select d.id::double precision, d.state, d.attempts, greatest(0, d.due - $1::bigint)::double precision as due, d.status, d.ms, d.reason,
    w.key as webhook, a.key as account, e.key as event, e.topic, e.at::double precision
    from (${part("owed", "'pending'", "due", lastMs)} union all ${part("settled", "case when dead then 'dead' else 'delivered' end", "null::bigint", `case when dead then ${lastMs} else ms end`)}) d
    join ${schema}.webhooks w on w.id = d.webhook join ${schema}.accounts a on a.id = w.account join ${schema}.events e on e.id = d.event
    order by d.id desc ${limit}`;
}

async function get(database: Database, names: Names, id: string, now: number): Promise<DeliveryLog | null> {
  const { schema } = database;
  const number = await names.deliveryNumber(id);
  if (number === null) return null;
  const [row] = await database.query<DeliveryRow>(rowsOf(schema, "id = $2", ""), [now, number]);
  if (row === undefined) return null;
  const attempts = await database.query<AttemptRecord>(
    `select n as number, at::double precision, status, ms, reason, answer from ${schema}.attempts where delivery = $1
     union all select 1, at::double precision, status, ms, null, null from ${schema}.settled d where id = $1 and not dead and attempts = 1
       and not exists (select from ${schema}.attempts where delivery = $1)
     order by 1`,
    [number],
  );
  const [event] = await database.query<{ readonly body: string; readonly user: string | null }>(
    `select e.body, e.properties as user from ${schema}.events e where e.id = (
      select event from ${schema}.owed where id = $1 union all select event from ${schema}.settled where id = $1 limit 1)`,
    [number],
  );
  const idOf = await names.deliveryId(number);
  return { delivery: recordOf(row, idOf), attempts, body: event?.body ?? "", user: event?.user ?? null };
}

/** The newest first. A page may be short and not be the last, if what is looked for is rare. */
async function list(
  database: Database,
  names: Names,
  { account, webhook, state }: DeliveryFilter,
  page: PageRequest,
  now: number,
): Promise<Page<DeliveryRecord>> {
  const { schema } = database;
  const limit = limitOf(page);
  const [ends] = await database.query<{ readonly first: number | null; readonly last: number | null }>(
    `select least((select min(id) from ${schema}.owed), (select min(id) from ${schema}.settled))::double precision as first,
      greatest((select max(id) from ${schema}.owed), (select max(id) from ${schema}.settled))::double precision as last`,
  );
  if (ends === undefined || ends.first === null || ends.last === null) return { items: [], next: null };
  const before = page.after === undefined ? ends.last + 1 : ((await names.deliveryNumber(page.after)) ?? 0);
  const from = Math.max(ends.first, before - WINDOW);
  const values: unknown[] = [now, before, from, limit + 1];
  let where = "id < $2 and id >= $3";
  if (account !== undefined) where += ` and account = $${values.push(await names.find(account))}`;
  if (webhook !== undefined)
    where += ` and webhook = (select id from ${schema}.webhooks where key = $${values.push(webhook)})`;
  const rows = (await database.query<DeliveryRow>(rowsOf(schema, where, "limit $4"), values)).filter(
    (row) => state === undefined || row.state === state,
  );
  const idOf = await names.deliveryId(from);
  const items = rows.slice(0, limit).map((row) => recordOf(row, idOf));
  if (rows.length > limit) return { items, next: items.at(-1)?.id ?? null };
  return { items, next: from > ends.first ? idOf(from) : null };
}

function recordOf(row: DeliveryRow, idOf: (number: number) => string): DeliveryRecord {
  const { id, webhook, account, event, topic, at, state, attempts, due, status, ms, reason } = row;
  return {
    id: idOf(id),
    webhook,
    account,
    event: { id: event, topic, published: at },
    state,
    attempts,
    dueIn: state === "pending" ? (due ?? 0) : null,
    status,
    ms,
    reason,
  };
}
