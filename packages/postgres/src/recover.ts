import type { Recovered, WebhookRecord } from "@heron-webhooks/engine";
import { Subject, wants } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";

/** One step of recovering what a webhook has not had. */
export interface RecoverStep {
  readonly webhook: string;
  readonly sinceMs: number;
  readonly max: number;
  /** What the step before said; null for the first. */
  readonly after: string | null;
  readonly maxPending: number;
  readonly now: number;
}

interface Revived {
  readonly webhook: number;
  readonly account: number;
  readonly record: string;
  readonly room: number;
  readonly revived: number;
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
const LOOKED_AT = 5000;
/** The same if their bodies must be read. */
const LOOKED_INTO = 500;

/** Revives what is dead, and then puts down what was missed, from the event on that the step before came to. */
export async function recover(
  database: Database,
  { webhook, sinceMs, max, after, maxPending, now }: RecoverStep,
): Promise<Recovered> {
  const [revived] = await database.query<Revived>(
    `select * from ${database.schema}.recover_dead($1, $2, $3, $4, $5)`,
    [now, webhook, Math.round(sinceMs), max, maxPending],
  );
  if (revived === undefined) return { recovered: 0, next: null };
  const most = Math.min(max, revived.room);
  const from = Math.max(revived.since, after === null ? 0 : Number.parseInt(after, 36) || 0);
  const { added, next } =
    revived.revived === most
      ? { added: 0, next: from }
      : await addMissed(database, revived, from, most - revived.revived, { now, since: now - sinceMs });
  const recovered = revived.revived + added;
  // The rest can be recovered when these have gone.
  return { recovered, next: next === null || recovered === revived.room ? null : next.toString(36) };
}

/** Events that it should have had: none of their deliveries is its, born with them or put down later. */
async function addMissed(
  database: Database,
  { webhook, account, record }: Revived,
  from: number,
  max: number,
  { now, since }: { readonly now: number; readonly since: number },
): Promise<{ readonly added: number; readonly next: number | null }> {
  const { schema } = database;
  const webhookRecord = JSON.parse(record) as WebhookRecord;
  const isConditional = webhookRecord.when !== undefined;
  // Bodies are large.
  const end = from + (isConditional ? LOOKED_INTO : LOOKED_AT);
  const events = await database.query<EventRow>(
    `select id::double precision, topic, ${isConditional ? "body, properties" : "null as body, null as properties"} from ${schema}.events where id >= $1 and id < $2 and account = $3 and not named
      and at >= $4 order by id`,
    [from, end, account, Math.round(since)],
  );
  const due = events
    .filter(({ topic, body, properties }) => wants(webhookRecord, topic, new Subject(body ?? "", properties)))
    .map(({ id }) => id);
  const [row] = await database.query<{ readonly added: number; readonly next: number | null }>(
    `select * from ${schema}.add_missed($1, $2, $3, $4)`,
    [now, webhook, due, max],
  );
  const added = row?.added ?? 0;
  if (row !== undefined && row.next !== null) return { added, next: row.next };
  const [last] = await database.query<{ readonly id: number | null }>(
    `select max(id)::double precision as id from ${schema}.events`,
  );
  return { added, next: end > (last?.id ?? 0) ? null : end };
}
