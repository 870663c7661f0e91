import type { SqlClient } from "../database.ts";
import type { IdMap } from "../id-map.ts";
import type { SourceFile } from "./source-file.ts";

/** What was moved, in rows. */
export interface CopiedCounts {
  webhooks: number;
  users: number;
  events: number;
  pending: number;
  settled: number;
  attempts: number;
}

/** Some rows of the file, which are moved in one transaction. */
export interface Batch {
  /** What the stage goes on after. */
  readonly after: string;
  /** How many of those rows that {@link Totals} counts it has. */
  readonly rowCount: number;
  readonly write: (client: SqlClient) => Promise<Partial<CopiedCounts>>;
}

/** From where to where rows are moved. */
export interface ImportContext {
  readonly source: SourceFile;
  /** The schema, quoted. */
  readonly schema: string;
  readonly ids: IdMap;
  /** The number here of a delivery, and of an event, is that in the file and this. */
  readonly deliveryIdOffset: number;
  readonly eventIdOffset: number;
  /** How many rows a batch may have. */
  readonly batchSize: number;
}

/** Moves one kind of rows, from behind those on that `after` says; null for the first. */
export type CopyStage = (context: ImportContext, after: string | null) => Iterable<Batch>;

/** How much text one batch holds in memory, in characters, unless one row has more. */
const MAX_BATCH_CHARACTERS = 4 * 1024 * 1024;

/** Rows in lists, each of so many at the most, and not much more than fits into memory easily. */
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

/** Text as PostgreSQL can keep it: SQLite keeps the character U+0000 as well. */
export function toPostgresText(value: unknown): string {
  return String(value).replaceAll("\0", "\u{FFFD}");
}

export function toPostgresTextOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : toPostgresText(value);
}

/** A number as PostgreSQL's integers are: times and durations may have fractions in the file. */
export function roundToInteger(value: unknown): number {
  return Math.round(Number(value));
}
