import { parseArgs } from "node:util";
import { HeronError } from "@heron-webhooks/core";
import { assertSchemaName, DEFAULT_SCHEMA } from "../schema-name.ts";

export interface ImportArguments {
  readonly path: string;
  readonly url: string;
  readonly schema: string;
  /** How many rows a transaction copies. */
  readonly batchSize: number;
}

export const USAGE: string = `Usage: npx @heron-webhooks/postgres import <file> --to <url> [options]

Copies a sender's SQLite file into PostgreSQL: webhooks, users, pending deliveries, and the log.
The file is not changed. Stop the sender first. If the import is interrupted, run the same command
again to continue.

  <file>           the sender's file, such as heron.db
  --to <url>       the database: postgres://user:password@host/database
                   (without a password, PGPASSWORD is used)
  --schema <name>  the target schema. Default: ${DEFAULT_SCHEMA}
  --batch <rows>   how many rows a transaction copies. Default: 1000
  -h, --help       print this text

Exit codes: 0 imported, 1 failed, 2 wrong usage.
`;

const OPTIONS = {
  to: { type: "string" },
  schema: { type: "string", default: DEFAULT_SCHEMA },
  batch: { type: "string", default: "1000" },
  help: { type: "boolean", short: "h", default: false },
} as const;
const MAX_BATCH_ROWS = 10_000;

/**
 * Parses a command line; `"help"` if it contains `--help`.
 * @throws HeronError `option_invalid`
 */
export function parseArguments(args: readonly string[]): ImportArguments | "help" {
  const { values, positionals } = parseRawArguments(args);
  if (values.help) return "help";
  const [command, path, ...others] = positionals;
  if (command !== "import")
    throw createUsageError(command === undefined ? "No command given." : `Unknown command ${command}.`);
  if (path === undefined || path === "") throw createUsageError("No file given.");
  if (others.length > 0)
    throw createUsageError(`Unexpected arguments: ${others.join(" ")}. Import one file at a time.`);
  const batchSize = Number(values.batch);
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > MAX_BATCH_ROWS)
    throw createUsageError(`--batch must be a whole number from 1 to ${MAX_BATCH_ROWS}.`);
  return { path, url: parseUrl(values.to), schema: parseSchema(values.schema), batchSize };
}

function parseRawArguments(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw createUsageError(`${(error as Error).message.split(". To specify")[0]?.replace(/\.$/, "")}.`);
  }
}

function parseSchema(given: string): string {
  try {
    return assertSchemaName(given);
  } catch (error) {
    throw createUsageError(`--${(error as Error).message}`);
  }
}

function parseUrl(given: string | undefined): string {
  if (given === undefined || given === "")
    throw createUsageError(
      "No database given: --to is missing or empty. Is an environment variable not set?",
    );
  if (!/^postgres(ql)?:\/\//.test(given) || !URL.canParse(given))
    throw createUsageError(
      "--to must have the form postgres://user:password@host/database. In a password, write @ / # ? as %40 %2F %23 %3F.",
    );
  return given;
}

function createUsageError(message: string): HeronError {
  return new HeronError("option_invalid", message);
}
