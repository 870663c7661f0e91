import { HeronError } from "@heron-webhooks/core";
import { escapeIdentifier, Pool } from "pg";
import { Database, type SqlClient } from "../database.ts";
import { IdMap } from "../id-map.ts";
import { LOCAL_ID_BASE } from "../schema/imports.ts";
import { migrate } from "../schema/migrate.ts";
import type { Batch, CopiedCounts } from "./batch.ts";
import type { SourceFile } from "./source-file.ts";
import type { Totals } from "./totals.ts";

/** A transaction is short, but may wait for locks. */
const STATEMENT_TIMEOUT_MS = 60_000;
/** The stage of a finished import. */
export const FINISHED = "finished";
const NO_COUNTS: CopiedCounts = { webhooks: 0, users: 0, events: 0, pending: 0, completed: 0, attempts: 0 };

export interface ImportProgress {
  readonly stage: string;
  readonly after: string | null;
  /** How many rows of the file are done. */
  readonly done: number;
  readonly counts: CopiedCounts;
}

/** A row of the table `imports`. */
export interface ImportState extends ImportProgress {
  readonly deliveryIdOffset: number;
  readonly eventIdOffset: number;
  readonly fingerprint: string;
  readonly isNew: boolean;
  /** Null before the import has finished. */
  readonly finishedAt: string | null;
}

interface ImportRow extends Omit<ImportState, "counts" | "isNew"> {
  readonly counts: string;
}

/** The schema that a file is imported into. The transactions that copy rows also update the progress. */
export class ImportTarget {
  readonly schema: string;
  readonly database: Database;
  readonly ids: IdMap;
  readonly #channel: string;

  constructor(connectionString: string, schema: string) {
    const pool = new Pool({ connectionString, max: 3, application_name: "heron-webhooks import" });
    this.schema = escapeIdentifier(schema);
    this.#channel = `heron ${schema}`;
    this.database = new Database({
      pool,
      schema: this.schema,
      name: `PostgreSQL (${schema})`,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      migrate: (client) => migrate(client, this.schema),
      endPool: () => pool.end(),
    });
    this.ids = new IdMap(this.database);
  }

  /** Reserves a block of ids for the file, below those of all files before it, or returns the block that it has. */
  async begin(file: SourceFile, { fingerprint }: Totals, stage: string): Promise<ImportState> {
    const { schema } = this;
    return this.database.transaction(async (client) => {
      // The lock of migrations: two files must not reserve the same ids.
      await client.query("select pg_advisory_xact_lock(hashtext($1))", [`heron-webhooks ${schema}`]);
      const { rows: added } = await client.query(
        `insert into ${schema}.imports(name, delivery_id_offset, last_delivery_id, event_id_offset, last_event_id, fingerprint, stage)
         select $1, least(${LOCAL_ID_BASE}, min(delivery_id_offset)) - $2::bigint, $2, least(${LOCAL_ID_BASE}, min(event_id_offset)) - $3::bigint, $3, $4, $5
         from ${schema}.imports
         on conflict do nothing returning name`,
        [file.storeId, file.lastDelivery, file.lastEvent, fingerprint, stage],
      );
      const { rows } = await client.query(
        `select delivery_id_offset::double precision as "deliveryIdOffset", event_id_offset::double precision as "eventIdOffset", fingerprint,
           stage, after, rows_done::double precision as done, copied_counts as counts,
           to_char(finished_at, 'YYYY-MM-DD HH24:MI') as "finishedAt" from ${schema}.imports where name = $1 for update`,
        [file.storeId],
      );
      const row = rows[0] as ImportRow;
      return { ...row, counts: { ...NO_COUNTS, ...JSON.parse(row.counts) }, isNew: added.length > 0 };
    });
  }

  /** Copies a batch and updates the progress, in one transaction. */
  async copyBatch(
    name: string,
    { stage, after, done, counts }: ImportProgress,
    batch: Batch,
  ): Promise<ImportProgress> {
    const sum = await this.database.transaction(async (client) => {
      // The synchronous commit of `startStage` makes all batches before it durable.
      await client.query("set local synchronous_commit = off");
      await this.#assertOwnProgress(client, name, stage, after);
      const added = sumCopied(counts, await batch.write(client));
      await client.query(
        `update ${this.schema}.imports set after = $2, rows_done = $3, copied_counts = $4 where name = $1`,
        [name, batch.after, done + batch.rowCount, JSON.stringify(added)],
      );
      return added;
    });
    return { stage, after: batch.after, done: done + batch.rowCount, counts: sum };
  }

  /** Starts the next stage; after the last one {@link FINISHED}. */
  async startStage(
    name: string,
    { stage, after, ...rest }: ImportProgress,
    nextStage: string,
  ): Promise<ImportProgress> {
    await this.database.transaction(async (client) => {
      await this.#assertOwnProgress(client, name, stage, after);
      await client.query(
        `update ${this.schema}.imports set stage = $2, after = null, finished_at = case when $2 = '${FINISHED}' then now() end where name = $1`,
        [name, nextStage],
      );
    });
    return { ...rest, stage: nextStage, after: null };
  }

  /** Makes running processes poll now. */
  async notify(): Promise<void> {
    await this.database.query("select pg_notify($1, '')", [this.#channel]);
  }

  /** Without fresh statistics, the planner would choose slow plans for listings. */
  async analyze(): Promise<void> {
    const tables = [
      "webhooks",
      "subscriptions",
      "events",
      "idempotency_keys",
      "pending_deliveries",
      "delivery_log",
      "attempts",
    ];
    await this.database.query(`analyze ${tables.map((table) => `${this.schema}.${table}`).join(", ")}`);
  }

  async #assertOwnProgress(
    client: SqlClient,
    name: string,
    stage: string,
    after: string | null,
  ): Promise<void> {
    const { rows } = await client.query(
      `select stage, after from ${this.schema}.imports where name = $1 for update`,
      [name],
    );
    const row = rows[0] as Pick<ImportRow, "stage" | "after"> | undefined;
    if (row?.stage !== stage || row.after !== after)
      throw new HeronError(
        "store_busy",
        "Another process imports a copy of this file into the same schema. Stop one of them.",
      );
  }
}

function sumCopied(counts: CopiedCounts, more: Partial<CopiedCounts>): CopiedCounts {
  const sum = { ...counts };
  for (const key of Object.keys(sum) as (keyof CopiedCounts)[]) sum[key] += more[key] ?? 0;
  return sum;
}
