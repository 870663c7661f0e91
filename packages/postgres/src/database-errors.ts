import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";

/** What a failure of the server's, or of the way to it, means to who meets it, by its SQLSTATE or its code. */
const ERRORS_BY_CODE: Readonly<Record<string, readonly [code: HeronErrorCode, hint: string]>> = {
  "28000": [
    "store_unavailable",
    "The server lets nobody in by these credentials: look at user, password and pg_hba.conf.",
  ],
  "28P01": ["store_unavailable", "The password is wrong: look at the connection string."],
  "3D000": ["store_unavailable", "There is no such database: make it with createdb, or name another."],
  "3F000": ["store_unavailable", "There is no such schema."],
  "42501": [
    "store_unavailable",
    "The role lacks a right: it needs CREATE on the database for the first start, or on the schema, and owns its tables.",
  ],
  "25006": [
    "store_unavailable",
    "The server is a read-only replica, or default_transaction_read_only is on: name the primary, or add target_session_attrs=read-write.",
  ],
  "53100": ["store_full", "The server's disk is full: nothing more is taken in until there is room."],
  "53200": ["store_unavailable", "The server is out of memory."],
  "53300": [
    "store_busy",
    "The server has as many connections as it may: lower max, or put a pooler between.",
  ],
  "55P03": [
    "store_busy",
    "Another transaction has put down an event with the same id, or locks a table, and has not ended: nothing of this was done.",
  ],
  "57014": ["store_busy", "The server broke the statement off: a statement_timeout is shorter than it took."],
  "57P01": ["store_unavailable", "The server is being shut down, or ended the connection."],
  "57P02": ["store_unavailable", "The server crashed."],
  "57P03": ["store_unavailable", "The server is starting up or shutting down."],
  "42P01": ["store_version", "A table of the schema is not there: was it dropped, or restored in part?"],
  "42883": ["store_version", "A function of the schema is not there: was it dropped, or restored in part?"],
  "22021": ["option_invalid", "Text with the character U+0000 cannot be kept in PostgreSQL."],
  "0A000": ["store_version", "The server is too old: PostgreSQL 13 or newer is needed."],
  ECONNREFUSED: [
    "store_unavailable",
    "Nobody listens there: is the server started, and are host and port right?",
  ],
  ENOTFOUND: ["store_unavailable", "The host has no address: look at the connection string."],
  ECONNRESET: ["store_unavailable", "The connection was cut."],
  EPIPE: ["store_unavailable", "The connection was cut."],
  ETIMEDOUT: ["store_unavailable", "The server did not answer in time."],
};

/** Transactions that got in each other's way, of which the server broke one off: the same once more is right. */
export function isTransient(error: unknown): boolean {
  return ["40001", "40P01"].includes(getErrorCode(error) ?? "");
}

/** Another transaction that has not ended holds what is needed: nothing was done. */
export function isLockTimeout(error: unknown): boolean {
  return getErrorCode(HeronError.is(error) ? error.cause : error) === "55P03";
}

/** What publishes by rules that change all the time; no SQLSTATE. */
export const CODE_CONCURRENT_CHANGE = "stale";

/** It is about what somebody gave, or about their account's rules: others, who went with them, have no part in it. */
export function isCallerError(error: unknown): boolean {
  const code = getErrorCode(HeronError.is(error) ? error.cause : error) ?? "";
  return code === CODE_CONCURRENT_CHANGE || /^22...$/.test(code);
}

export function getErrorCode(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** The same failure, with what to do about it. */
export function toHeronError(error: unknown, storeLabel: string): HeronError {
  if (HeronError.is(error)) return error;
  const [code, hint] = ERRORS_BY_CODE[getErrorCode(error) ?? ""] ?? ["store_unavailable", ""];
  const message =
    error instanceof Error && error.message !== "" ? error.message : String(getErrorCode(error) ?? error);
  return new HeronError(code, `${storeLabel} cannot be used: ${message}.${hint === "" ? "" : ` ${hint}`}`, {
    cause: error,
  });
}
