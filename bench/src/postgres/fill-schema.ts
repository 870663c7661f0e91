import { postgresStore } from "@heron-webhooks/postgres";
import { createSender } from "@heron-webhooks/sender";
import type { Client } from "pg";
import { SILENT_LOGGER } from "../send/heron-sender.ts";
import { PENDING_BODY, SECRET, TOPIC } from "../send/request.ts";
import { connectClient } from "./server.ts";

export interface SchemaContents {
  readonly accounts: number;
  readonly webhooksPerAccount: number;
  readonly concurrency: number;
  readonly url: string;
  /** The number of due deliveries. Each event has one for every webhook of its account. */
  readonly pending: number;
}

const HOUR_MS = 3_600_000;
const STATEMENT_TIMEOUT_MS = 900_000;

/**
 * Fills a schema by SQL, since publishing would take hours. The store creates the tables, and the webhook that is copied.
 */
export async function fillSchema(database: string, schema: string, contents: SchemaContents): Promise<void> {
  await createTemplate(database, schema, contents);
  const client = await connectClient(database);
  try {
    await client.query(`set search_path = ${schema}`);
    await client.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    await client.query("set synchronous_commit = off");
    await client.query("set maintenance_work_mem = '512MB'");
    await insertWebhooks(client, contents);
    await insertPending(client, contents);
    await insertLeases(client);
    await client.query("vacuum analyze");
    // Otherwise the server would write these pages during the measurement.
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}

async function createTemplate(
  database: string,
  schema: string,
  { url, concurrency }: SchemaContents,
): Promise<void> {
  const sender = createSender({
    store: postgresStore({ connectionString: database, schema }),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    logger: SILENT_LOGGER,
  });
  await sender.webhooks.create({ account: "template", url, topics: [TOPIC], secret: SECRET, concurrency });
  await sender.close();
}

/** The webhooks of account `a` are those from `(a - 1) * webhooksPerAccount + 1` on. */
async function insertWebhooks(
  client: Client,
  { accounts, webhooksPerAccount }: SchemaContents,
): Promise<void> {
  const { rows } = await client.query("select record from webhooks");
  const [{ record }] = rows as [{ readonly record: string }];
  for (const table of ["webhook_leases", "subscriptions", "webhooks", "accounts", "notifications"])
    await client.query(`delete from ${table}`);
  await client.query(
    "insert into accounts(id, external_id) overriding system value select i, 'account-' || (i - 1) from generate_series(1, $1::int) i",
    [accounts],
  );
  await client.query(
    `insert into webhooks(id, external_id, account, version, record, enabled) overriding system value
     select i, 'wbh_' || i, (i - 1) / $2 + 1, 1,
       $3::jsonb || jsonb_build_object('id', 'wbh_' || i, 'account', 'account-' || ((i - 1) / $2)), true
     from generate_series(1, $1::int) i`,
    [accounts * webhooksPerAccount, webhooksPerAccount, record],
  );
  await client.query(
    "insert into subscriptions(account, pattern, webhook) select account, $1, id from webhooks order by 1, 3",
    [TOPIC],
  );
  for (const table of ["accounts", "webhooks"])
    await client.query(
      `select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`,
    );
}

/** Due times are spread over the last hour. */
async function insertPending(
  client: Client,
  { accounts, webhooksPerAccount, pending }: SchemaContents,
): Promise<void> {
  const events = Math.ceil(pending / webhooksPerAccount);
  const since = Date.now() - HOUR_MS;
  const at = (event: string): string => `${since} + ${event} * ${HOUR_MS} / ${events}`;
  const { rows } = await client.query(
    "select pg_get_indexdef('pending_deliveries_unowned'::regclass) as definition",
  );
  // Creating the index after the inserts is faster.
  await client.query("drop index pending_deliveries_unowned");
  await client.query(
    `insert into events(id, account, external_id, topic, body, published_at, is_targeted, delivery_count, deliveries)
     select i, (i - 1) % ${accounts} + 1, 'evt_' || i, $1, $2, ${at("i")}, false, ${webhooksPerAccount},
       array(select d from generate_series((i - 1) * ${webhooksPerAccount} + 1, i * ${webhooksPerAccount}) d)
     from generate_series(1::bigint, $3) i`,
    [TOPIC, PENDING_BODY, events],
  );
  await client.query(
    `insert into pending_deliveries(id, webhook, account, event, due_at, enqueued_at, attempt_count, attempts_before_requeue)
     select i, (event - 1) % ${accounts} * ${webhooksPerAccount} + (i - 1) % ${webhooksPerAccount} + 1, (event - 1) % ${accounts} + 1,
       event, ${at("event")}, ${at("event")}, 0, 0
     from generate_series(1::bigint, $1) i cross join lateral (select (i - 1) / ${webhooksPerAccount} + 1 as event) e`,
    [pending],
  );
  await client.query((rows[0] as { readonly definition: string }).definition);
  await client.query("select setval('event_ids', $1), setval('delivery_ids', $2)", [events, pending]);
}

/** Inserts the next due time of each webhook, and the counter of each account. */
async function insertLeases(client: Client): Promise<void> {
  await client.query(
    `insert into webhook_leases(webhook, account, next_due_at)
     select w.id, w.account, q.due_at from webhooks w left join (select webhook, min(due_at) as due_at from pending_deliveries group by webhook) q
       on q.webhook = w.id
     order by w.id`,
  );
  await client.query(
    "insert into pending_counters(account, delta) select account, count(*) from pending_deliveries group by account",
  );
}
