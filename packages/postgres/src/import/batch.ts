import type { Queryable } from "../database.ts";
import type { Names } from "../names.ts";
import type { SourceFile } from "./source-file.ts";

/** What was moved, in rows. */
export interface Moved {
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
  readonly units: number;
  readonly write: (client: Queryable) => Promise<Partial<Moved>>;
}

/** From where to where rows are moved. */
export interface Way {
  readonly source: SourceFile;
  /** The schema, quoted. */
  readonly schema: string;
  readonly names: Names;
  /** The number here of a delivery, and of an event, is that in the file and this. */
  readonly base: number;
  readonly eventBase: number;
  /** How many rows a batch may have. */
  readonly size: number;
}

/** Moves one kind of rows, from behind those on that `after` says; null for the first. */
export type Stage = (way: Way, after: string | null) => Iterable<Batch>;

/** How much text one batch holds in memory, in characters, unless one row has more. */
const MOST_TEXT = 4 * 1024 * 1024;

/** Rows in lists, each of so many at the most, and not much more than fits into memory easily. */
export function* chunks<T>(
  rows: Iterable<T>,
  most: number,
  sizeOf: (row: T) => number = () => 0,
): Generator<readonly T[]> {
  let chunk: T[] = [];
  let text = 0;
  for (const row of rows) {
    chunk.push(row);
    text += sizeOf(row);
    if (chunk.length < most && text < MOST_TEXT) continue;
    yield chunk;
    chunk = [];
    text = 0;
  }
  if (chunk.length > 0) yield chunk;
}

/** Text as PostgreSQL can keep it: SQLite keeps the character U+0000 as well. */
export function text(value: unknown): string {
  return String(value).replaceAll("\0", "\u{FFFD}");
}

export function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : text(value);
}

/** A number as PostgreSQL's integers are: times and durations may have fractions in the file. */
export function whole(value: unknown): number {
  return Math.round(Number(value));
}
