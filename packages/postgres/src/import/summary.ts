import { HeronError } from "@heron-webhooks/core";
import { DEFAULT_SCHEMA } from "../schema-name.ts";
import type { CopiedCounts } from "./batch.ts";
import type { ImportState } from "./import-target.ts";
import type { Totals } from "./totals.ts";

/**
 * An import cannot continue if a sender used the file since: what it delivered is still pending here.
 * @throws HeronError `store_unavailable`
 */
export function assertUnchanged(
  { fingerprint, finishedAt }: ImportState,
  totals: Totals,
  path: string,
  schema: string,
): void {
  if (fingerprint === totals.fingerprint) return;
  throw new HeronError(
    "store_unavailable",
    `A sender used ${path} after ${finishedAt === null ? "the import started" : `it was imported on ${finishedAt}`}. Its deliveries since then would be made twice, so the import into the schema ${schema} cannot continue. Import the file into another schema, with --schema${finishedAt === null ? ", or drop this one if it has nothing else" : ""}.`,
  );
}

export interface SummaryOptions {
  readonly path: string;
  readonly schema: string;
  readonly hasWal: boolean;
}

/** The copied counts and the remaining steps. */
export function formatSummary(counts: CopiedCounts, { path, schema, hasWal }: SummaryOptions): string {
  const lines: readonly (readonly [count: number, what: string])[] = [
    [counts.webhooks, "webhooks"],
    [counts.users, "users"],
    [counts.events, "events"],
    [counts.pending, "pending deliveries"],
    [counts.completed, "completed deliveries"],
    [counts.attempts, "attempts"],
  ];
  const texts = lines.map(([count, what]) => [count.toLocaleString("en-US"), what] as const);
  const width = Math.max(...texts.map(([count]) => count.length));
  const table = texts.map(([count, what]) => `  ${count.padStart(width)}  ${what}`).join("\n");
  const schemaOption = schema === DEFAULT_SCHEMA ? "" : `, schema: "${schema}"`;
  const files = hasWal ? `Keep ${path} and ${path}-wal` : `Keep ${path}`;
  return `${table}

Now change the store of the application's sender:

  store: postgresStore({ connectionString: process.env.DATABASE_URL${schemaOption} }),

Keep its encryptionKey. ${files} as a backup, but do not start a sender on it
again: pending deliveries would be made twice.
`;
}
