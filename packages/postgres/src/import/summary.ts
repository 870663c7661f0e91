import { HeronError } from "@heron-webhooks/core";
import { DEFAULT_SCHEMA } from "../schema-name.ts";
import type { CopiedCounts } from "./batch.ts";
import type { ImportState } from "./import-target.ts";
import type { Totals } from "./totals.ts";

/**
 * A file that was used after it was moved, or half of it, cannot go on: what was delivered since is pending here.
 * @throws HeronError `store_unavailable`
 */
export function assertUnchanged({ fingerprint, finishedAt }: ImportState, totals: Totals, path: string, schema: string): void {
  if (fingerprint === totals.fingerprint) return;
  throw new HeronError(
    "store_unavailable",
    `A sender used ${path} after ${finishedAt === null ? "half of it was moved" : `it was moved, on ${finishedAt}`}: what it delivered since would be delivered again, so nothing more is moved into the schema ${schema}. Move the file as it is now into a schema of its own, with --schema${finishedAt === null ? ", or drop this one if it holds nothing else" : ""}.`,
  );
}

export interface SummaryOptions {
  readonly path: string;
  readonly schema: string;
  readonly hasWal: boolean;
}

/** What was moved, and what is left to do. */
export function formatSummary(moved: CopiedCounts, { path, schema, hasWal }: SummaryOptions): string {
  const lines: readonly (readonly [count: number, what: string])[] = [
    [moved.webhooks, "webhooks"],
    [moved.users, "users"],
    [moved.events, "events"],
    [moved.pending, "pending deliveries"],
    [moved.settled, "settled deliveries"],
    [moved.attempts, "attempts"],
  ];
  const texts = lines.map(([count, what]) => [count.toLocaleString("en-US"), what] as const);
  const width = Math.max(...texts.map(([count]) => count.length));
  const table = texts.map(([count, what]) => `  ${count.padStart(width)}  ${what}`).join("\n");
  const schemaOption = schema === DEFAULT_SCHEMA ? "" : `, schema: "${schema}"`;
  const files = hasWal ? `${path} and ${path}-wal stay as they were` : `${path} stays as it was`;
  return `${table}

One line is left to change, where the application makes its sender:

  store: postgresStore({ connectionString: process.env.DATABASE_URL${schemaOption} }),

Leave its encryptionKey as it is. ${files}, as a backup: a sender
that is started on it again would deliver what is pending a second time.
`;
}
