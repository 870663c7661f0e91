import { postgresStore } from "@heron-webhooks/postgres";
import { createSender } from "@heron-webhooks/sender";
import type { Client } from "pg";
import { SILENT_LOGGER } from "../send/heron-sender.ts";
import { SECRET, PENDING_BODY, TOPIC } from "../send/request.ts";
import { connectClient } from "./server.ts";

/** What is to be in a schema. */
export interface SchemaContents {
  readonly accounts: number;
  readonly webhooksEach: number;
  /** How many of a webhook's deliveries may be under way at once. */
  readonly concurrency: number;
  readonly url: string;
  /** Deliveries that are due: each event has one for every webhook of its account. */
  readonly pending: number;
}

const HOUR_MS = 3_600_000;
const STATEMENT_TIMEOUT_MS = 900_000;

/**
 * Has a store's schema hold so much, by SQL, since by the store's own interface it would take hours. The tables are the
 * store's own, and so is the one webhook of which all are copies.
 */
export async function fillSchema(database: string, schema: string, stock: SchemaContents): Promise<void> {
  await createTemplate(database, schema, stock);
  const client = await connectClient(database);
  try {
    await client.query(`set search_path = ${schema}`);
    await client.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    await client.query("set synchronous_commit = off");
    await client.query("set maintenance_work_mem = '512MB'");
    await insertWebhooks(client, stock);
    await insertPending(client, stock);
    await insertLeases(client);
    await client.query("vacuum analyze");
    // What was filled in is not to be written while something is measured.
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}

async function createTemplate(database: string, schema: string, { url, concurrency }: SchemaContents): Promise<void> {
  const sender = createSender({
    store: postgresStore({ connectionString: database, schema }),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    logger: SILENT_LOGGER,
  });
  await sender.webhooks.create({ account: "template", url, topics: [TOPIC], secret: SECRET, concurrency });
  await sender.close();
}

/** The webhooks of account `a` are those from `(a - 1) * webhooksEach + 1` on. */
async function insertWebhooks(client: Client, { accounts, webhooksEach }: SchemaContents): Promise<void> {
  const { rows } = await client.query("select record from webhooks");
  const [{ record }] = rows as [{ readonly record: string }];
  for (const table of ["lanes", "subscriptions", "webhooks", "accounts", "wakes"])
    await client.query(`delete from ${table}`);
  await client.query(
    "insert into accounts(id, key) overriding system value select i, 'account-' || (i - 1) from generate_series(1, $1::int) i",
    [accounts],
  );
  await client.query(
    `insert into webhooks(id, key, account, version, record, enabled) overriding system value
     select i, 'wbh_' || i, (i - 1) / $2 + 1, 1,
       $3::jsonb || jsonb_build_object('id', 'wbh_' || i, 'account', 'account-' || ((i - 1) / $2)), true
     from generate_series(1, $1::int) i`,
    [accounts * webhooksEach, webhooksEach, record],
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

/** Due one after the other, over the last hour. */
async function insertPending(client: Client, { accounts, webhooksEach, pending }: SchemaContents): Promise<void> {
  const events = Math.ceil(pending / webhooksEach);
  const since = Date.now() - HOUR_MS;
  const at = (event: string): string => `${since} + ${event} * ${HOUR_MS} / ${events}`;
  const { rows } = await client.query("select pg_get_indexdef('owed_waiting'::regclass) as made");
  // Made anew once all is in: to keep it in order on the way takes longer.
  await client.query("drop index owed_waiting");
  await client.query(
    `insert into events(id, account, key, topic, body, at, named, made, deliveries)
     select i, (i - 1) % ${accounts} + 1, 'evt_' || i, $1, $2, ${at("i")}, false, ${webhooksEach},
       array(select d from generate_series((i - 1) * ${webhooksEach} + 1, i * ${webhooksEach}) d)
     from generate_series(1::bigint, $3) i`,
    [TOPIC, PENDING_BODY, events],
  );
  await client.query(
    `insert into owed(id, webhook, account, event, due, since, attempts, before)
     select i, (event - 1) % ${accounts} * ${webhooksEach} + (i - 1) % ${webhooksEach} + 1, (event - 1) % ${accounts} + 1,
       event, ${at("event")}, ${at("event")}, 0, 0
     from generate_series(1::bigint, $1) i cross join lateral (select (i - 1) / ${webhooksEach} + 1 as event) e`,
    [pending],
  );
  await client.query((rows[0] as { readonly made: string }).made);
  await client.query("select setval('event_ids', $1), setval('delivery_ids', $2)", [events, pending]);
}

/** Of each webhook when the first of it is due; and of each account how many are pending. */
async function insertLeases(client: Client): Promise<void> {
  await client.query(
    `insert into lanes(webhook, account, wake_at)
     select w.id, w.account, q.due from webhooks w left join (select webhook, min(due) as due from owed group by webhook) q
       on q.webhook = w.id
     order by w.id`,
  );
  await client.query(
    "insert into tallies(account, pending) select account, count(*) from owed group by account",
  );
}
