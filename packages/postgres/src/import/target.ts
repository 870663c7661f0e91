import { HeronError } from "@heron-webhooks/core";
import { escapeIdentifier, Pool } from "pg";
import { Database, type Queryable } from "../database.ts";
import { Names } from "../names.ts";
import { OWN } from "../schema/imports.ts";
import { migrate } from "../schema/migrate.ts";
import type { Batch, Moved } from "./batch.ts";
import type { SourceFile } from "./source-file.ts";
import type { Totals } from "./totals.ts";

/** A transaction is short, but may wait for others. */
const LONGEST = 60_000;
/** The stage of a file that is moved. */
export const OVER = "over";
const NOTHING: Moved = { webhooks: 0, users: 0, events: 0, pending: 0, settled: 0, attempts: 0 };

/** How far the moving of a file has come. */
export interface Progress {
  readonly stage: string;
  readonly after: string | null;
  /** Rows of the file that are behind it. */
  readonly done: number;
  readonly moved: Moved;
}

/** What a schema knows of a file: which numbers its rows have there, and how far it has come. */
export interface Begun extends Progress {
  readonly base: number;
  readonly eventBase: number;
  readonly mark: string;
  readonly isNew: boolean;
  /** When it was over; null if it is not. */
  readonly ended: string | null;
}

interface ImportRow extends Omit<Begun, "moved" | "isNew"> {
  readonly moved: string;
}

/** The schema that a file is moved into. How far it has come is written down in the transactions that move it. */
export class Target {
  readonly schema: string;
  readonly database: Database;
  readonly names: Names;
  readonly #channel: string;

  constructor(connectionString: string, schema: string) {
    const pool = new Pool({ connectionString, max: 3, application_name: "heron-webhooks import" });
    this.schema = escapeIdentifier(schema);
    this.#channel = `heron ${schema}`;
    this.database = new Database({
      pool,
      schema: this.schema,
      name: `PostgreSQL (${schema})`,
      timeoutMs: LONGEST,
      prepare: (client) => migrate(client, this.schema),
      end: () => pool.end(),
    });
    this.names = new Names(this.database);
  }

  /** Gives the file its numbers, below those of every file before it; or says which it has. */
  async begin(file: SourceFile, { mark }: Totals, stage: string): Promise<Begun> {
    const { schema } = this;
    return this.database.transaction(async (client) => {
      // As whoever changes the schema: no two files get the same numbers.
      await client.query("select pg_advisory_xact_lock(hashtext($1))", [`heron-webhooks ${schema}`]);
      const { rows: added } = await client.query(
        `insert into ${schema}.imports(name, base, last, event_base, event_last, mark, stage)
         select $1, least(${OWN}, min(base)) - $2::bigint, $2, least(${OWN}, min(event_base)) - $3::bigint, $3, $4, $5 from ${schema}.imports
         on conflict do nothing returning name`,
        [file.name, file.lastDelivery, file.lastEvent, mark, stage],
      );
      const { rows } = await client.query(
        `select base::double precision, event_base::double precision as "eventBase", mark, stage, after, done::double precision, moved,
           to_char(ended, 'YYYY-MM-DD HH24:MI') as ended from ${schema}.imports where name = $1 for update`,
        [file.name],
      );
      const row = rows[0] as ImportRow;
      return { ...row, moved: { ...NOTHING, ...JSON.parse(row.moved) }, isNew: added.length > 0 };
    });
  }

  /** Moves a batch, and writes down that it is moved: both or neither. */
  async move(name: string, { stage, after, done, moved }: Progress, batch: Batch): Promise<Progress> {
    const sum = await this.database.transaction(async (client) => {
      // With the last of them all will be certain.
      await client.query("set local synchronous_commit = off");
      await this.#check(client, name, stage, after);
      const added = add(moved, await batch.write(client));
      await client.query(
        `update ${this.schema}.imports set after = $2, done = $3, moved = $4 where name = $1`,
        [name, batch.after, done + batch.units, JSON.stringify(added)],
      );
      return added;
    });
    return { stage, after: batch.after, done: done + batch.units, moved: sum };
  }

  /** Goes from one stage to the next; from the last to {@link OVER}. */
  async next(name: string, { stage, after, ...rest }: Progress, next: string): Promise<Progress> {
    await this.database.transaction(async (client) => {
      await this.#check(client, name, stage, after);
      await client.query(
        `update ${this.schema}.imports set stage = $2, after = null, ended = case when $2 = '${OVER}' then now() end where name = $1`,
        [name, next],
      );
    });
    return { ...rest, stage: next, after: null };
  }

  /** Who waits for something to come due looks now. */
  async tell(): Promise<void> {
    await this.database.query("select pg_notify($1, '')", [this.#channel]);
  }

  /** Until statistics are gathered, listing would go by what the tables were before. */
  async analyze(): Promise<void> {
    const tables = ["webhooks", "subscriptions", "events", "event_keys", "owed", "settled", "attempts"];
    await this.database.query(`analyze ${tables.map((table) => `${this.schema}.${table}`).join(", ")}`);
  }

  async #check(client: Queryable, name: string, stage: string, after: string | null): Promise<void> {
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

function add(moved: Moved, more: Partial<Moved>): Moved {
  const sum = { ...moved };
  for (const key of Object.keys(sum) as (keyof Moved)[]) sum[key] += more[key] ?? 0;
  return sum;
}
