import type { SqlClient } from "../database.ts";
import type { IdMap } from "../id-map.ts";
import type { SourceFile } from "./source-file.ts";

/** How many rows were copied. */
export interface CopiedCounts {
  webhooks: number;
  users: number;
  events: number;
  pending: number;
  completed: number;
  attempts: number;
}

/** Rows of the file that are copied in one transaction. */
export interface Batch {
  /** The last row, in the format of the stage, to continue after it. */
  readonly after: string;
  /** How many rows it has of those that {@link Totals} counts. */
  readonly rowCount: number;
  readonly write: (client: SqlClient) => Promise<Partial<CopiedCounts>>;
}

export interface ImportContext {
  readonly source: SourceFile;
  /** The quoted name of the schema. */
  readonly schema: string;
  readonly ids: IdMap;
  /** Added to the number in the file of a delivery, and of an event. */
  readonly deliveryIdOffset: number;
  readonly eventIdOffset: number;
  readonly batchSize: number;
}

/** Copies one kind of rows, starting after `after`; null for the first batch. */
export type CopyStage = (context: ImportContext, after: string | null) => Iterable<Batch>;

/** How much text a batch may hold in memory, unless one row has more. */
const MAX_BATCH_CHARACTERS = 4 * 1024 * 1024;

/** Splits rows into lists that are limited in rows and in text. */
export function* chunkRows<T>(
  rows: Iterable<T>,
  maxRows: number,
  getSize: (row: T) => number = () => 0,
): Generator<readonly T[]> {
  let chunk: T[] = [];
  let textLength = 0;
  for (const row of rows) {
    chunk.push(row);
    textLength += getSize(row);
    if (chunk.length < maxRows && textLength < MAX_BATCH_CHARACTERS) continue;
    yield chunk;
    chunk = [];
    textLength = 0;
  }
  if (chunk.length > 0) yield chunk;
}

/** SQLite can store the character U+0000, PostgreSQL cannot. */
export function toPostgresText(value: unknown): string {
  return String(value).replaceAll("\0", "\u{FFFD}");
}

export function toPostgresTextOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : toPostgresText(value);
}

/** Times and durations may have fractions in the file. */
export function roundToInteger(value: unknown): number {
  return Math.round(Number(value));
}
