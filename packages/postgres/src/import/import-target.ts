import { HeronError } from "@heron-webhooks/core";
import { escapeIdentifier, Pool } from "pg";
import { Database, type SqlClient } from "../database.ts";
import { IdMap } from "../id-map.ts";
import { LOCAL_ID_BASE } from "../schema/imports.ts";
import { migrate } from "../schema/migrate.ts";
import type { Batch, CopiedCounts } from "./batch.ts";
import type { SourceFile } from "./source-file.ts";
import type { Totals } from "./totals.ts";

/** A transaction is short, but may wait for others. */
const STATEMENT_TIMEOUT_MS = 60_000;
/** The stage of a file that is moved. */
export const FINISHED = "over";
const NO_COUNTS: CopiedCounts = { webhooks: 0, users: 0, events: 0, pending: 0, settled: 0, attempts: 0 };

/** How far the moving of a file has come. */
export interface ImportProgress {
  readonly stage: string;
  readonly after: string | null;
  /** Rows of the file that are behind it. */
  readonly done: number;
  readonly moved: CopiedCounts;
}

/** What a schema knows of a file: which numbers its rows have there, and how far it has come. */
export interface ImportState extends ImportProgress {
  readonly deliveryIdOffset: number;
  readonly eventIdOffset: number;
  readonly fingerprint: string;
  readonly isNew: boolean;
  /** When it was over; null if it is not. */
  readonly finishedAt: string | null;
}

interface ImportRow extends Omit<ImportState, "moved" | "isNew"> {
  readonly moved: string;
}

/** The schema that a file is moved into. How far it has come is written down in the transactions that move it. */
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

  /** Gives the file its numbers, below those of every file before it; or says which it has. */
  async begin(file: SourceFile, { fingerprint }: Totals, stage: string): Promise<ImportState> {
    const { schema } = this;
    return this.database.transaction(async (client) => {
      // As whoever changes the schema: no two files get the same numbers.
      await client.query("select pg_advisory_xact_lock(hashtext($1))", [`heron-webhooks ${schema}`]);
      const { rows: added } = await client.query(
        `insert into ${schema}.imports(name, base, last, event_base, event_last, mark, stage)
         select $1, least(${LOCAL_ID_BASE}, min(base)) - $2::bigint, $2, least(${LOCAL_ID_BASE}, min(event_base)) - $3::bigint, $3, $4, $5 from ${schema}.imports
         on conflict do nothing returning name`,
        [file.storeId, file.lastDelivery, file.lastEvent, fingerprint, stage],
      );
      const { rows } = await client.query(
        `select base::double precision, event_base::double precision as "eventBase", mark, stage, after, done::double precision, moved,
           to_char(ended, 'YYYY-MM-DD HH24:MI') as ended from ${schema}.imports where name = $1 for update`,
        [file.storeId],
      );
      const row = rows[0] as ImportRow;
      return { ...row, moved: { ...NO_COUNTS, ...JSON.parse(row.moved) }, isNew: added.length > 0 };
    });
  }

  /** Moves a batch, and writes down that it is moved: both or neither. */
  async copyBatch(name: string, { stage, after, done, moved }: ImportProgress, batch: Batch): Promise<ImportProgress> {
    const sum = await this.database.transaction(async (client) => {
      // With the last of them all will be certain.
      await client.query("set local synchronous_commit = off");
      await this.#assertOwnProgress(client, name, stage, after);
      const added = sumCopied(moved, await batch.write(client));
      await client.query(
        `update ${this.schema}.imports set after = $2, done = $3, moved = $4 where name = $1`,
        [name, batch.after, done + batch.rowCount, JSON.stringify(added)],
      );
      return added;
    });
    return { stage, after: batch.after, done: done + batch.rowCount, moved: sum };
  }

  /** Goes from one stage to the next; from the last to {@link FINISHED}. */
  async startStage(name: string, { stage, after, ...rest }: ImportProgress, nextStage: string): Promise<ImportProgress> {
    await this.database.transaction(async (client) => {
      await this.#assertOwnProgress(client, name, stage, after);
      await client.query(
        `update ${this.schema}.imports set stage = $2, after = null, ended = case when $2 = '${FINISHED}' then now() end where name = $1`,
        [name, nextStage],
      );
    });
    return { ...rest, stage: nextStage, after: null };
  }

  /** Who waits for something to come due looks now. */
  async notify(): Promise<void> {
    await this.database.query("select pg_notify($1, '')", [this.#channel]);
  }

  /** Until statistics are gathered, listing would go by what the tables were before. */
  async analyze(): Promise<void> {
    const tables = ["webhooks", "subscriptions", "events", "event_keys", "owed", "settled", "attempts"];
    await this.database.query(`analyze ${tables.map((table) => `${this.schema}.${table}`).join(", ")}`);
  }

  async #assertOwnProgress(client: SqlClient, name: string, stage: string, after: string | null): Promise<void> {
    const { rows } = await client.query(
      `select stage, after from ${this.schema}.imports where name = $1 for update`,
      [name],
    );
    const row = rows[0] as Pick<ImportRow, "stage" | "after"> | undefined;
    if (row?.stage !== stage || row.after !== after)
      throw new HeronError(
        "store_busy",
        "Another process moves a copy of this file into the same schema: leave it to one of them.",
      );
  }
}

function sumCopied(moved: CopiedCounts, more: Partial<CopiedCounts>): CopiedCounts {
  const sum = { ...moved };
  for (const key of Object.keys(sum) as (keyof CopiedCounts)[]) sum[key] += more[key] ?? 0;
  return sum;
}
