import { parseArgs } from "node:util";
import { HeronError } from "@heron-webhooks/core";
import { assertSchemaName, DEFAULT_SCHEMA } from "../schema-name.ts";

export interface ImportArguments {
  readonly path: string;
  readonly url: string;
  readonly schema: string;
  /** How many rows a transaction moves. */
  readonly batchSize: number;
}

export const USAGE: string = `Usage: npx @heron-webhooks/postgres import <file> --to <url> [options]

Moves what a sender keeps in a file of SQLite into PostgreSQL: webhooks, users, what is pending,
and the log. The file stays as it is. Stop the sender first. If the move breaks off, run the same
command again: it goes on where it was.

  <file>           the sender's file, such as heron.db
  --to <url>       where to: postgres://user:password@host/database
                   (without a password in it, PGPASSWORD is taken)
  --schema <name>  the schema there. Default: ${DEFAULT_SCHEMA}
  --batch <rows>   how many rows a transaction moves. Default: 1000
  -h, --help       says this

Exit codes: 0 all is moved, 1 it failed, 2 wrong usage.
`;

const OPTIONS = {
  to: { type: "string" },
  schema: { type: "string", default: DEFAULT_SCHEMA },
  batch: { type: "string", default: "1000" },
  help: { type: "boolean", short: "h", default: false },
} as const;
const MAX_BATCH_ROWS = 10_000;

/**
 * What a command line says; `"help"` if it asks for that.
 * @throws HeronError `option_invalid`
 */
export function parseArguments(args: readonly string[]): ImportArguments | "help" {
  const { values, positionals } = parseRawArguments(args);
  if (values.help) return "help";
  const [command, path, ...others] = positionals;
  if (command !== "import")
    throw createUsageError(command === undefined ? "No command was given." : `There is no command ${command}.`);
  if (path === undefined || path === "") throw createUsageError("No file was given.");
  if (others.length > 0) throw createUsageError(`Too much was given: ${others.join(" ")}. One file is moved at a time.`);
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
    throw createUsageError("No --to was given, or an environment variable is not set: it says where the database is.");
  if (!/^postgres(ql)?:\/\//.test(given) || !URL.canParse(given))
    throw createUsageError(
      "--to must be such as postgres://user:password@host/database. In a password, characters such as @ / # ? are written as %40 %2F %23 %3F.",
    );
  return given;
}

function createUsageError(message: string): HeronError {
  return new HeronError("option_invalid", message);
}
