import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";

/** The error code and a hint for failures of the server or the connection, by SQLSTATE or Node's code. */
const ERRORS_BY_CODE: Readonly<Record<string, readonly [code: HeronErrorCode, hint: string]>> = {
  "28000": ["store_unavailable", "Authentication failed. Check user, password and pg_hba.conf."],
  "28P01": ["store_unavailable", "Wrong password. Check the connection string."],
  "3D000": ["store_unavailable", "The database does not exist. Create it with createdb or use another."],
  "3F000": ["store_unavailable", "The schema does not exist."],
  "42501": [
    "store_unavailable",
    "The role lacks a privilege. It needs CREATE on the database (for the first start) or on the schema, and must own the tables.",
  ],
  "25006": [
    "store_unavailable",
    "The server is a read-only replica, or default_transaction_read_only is on. Connect to the primary, or add target_session_attrs=read-write.",
  ],
  "53100": ["store_full", "The server's disk is full. Events are rejected until space is freed."],
  "53200": ["store_unavailable", "The server is out of memory."],
  "53300": ["store_busy", "The server has no free connections. Lower maxConnections or use a pooler."],
  "55P03": [
    "store_busy",
    "An open transaction has published an event with the same id, or holds a table lock. Nothing was written.",
  ],
  "57014": ["store_busy", "The server cancelled the statement (statement_timeout)."],
  "57P01": ["store_unavailable", "The server is being shut down, or ended the connection."],
  "57P02": ["store_unavailable", "The server crashed."],
  "57P03": ["store_unavailable", "The server is starting up or shutting down."],
  "42P01": ["store_version", "A table of the schema is missing. Was it dropped or only partly restored?"],
  "42883": ["store_version", "A function of the schema is missing. Was it dropped or only partly restored?"],
  "22021": ["option_invalid", "PostgreSQL cannot store text that contains U+0000."],
  "0A000": ["store_version", "PostgreSQL 13 or newer is required."],
  ECONNREFUSED: ["store_unavailable", "Connection refused. Check that the server runs, and host and port."],
  ENOTFOUND: ["store_unavailable", "Unknown host. Check the connection string."],
  ECONNRESET: ["store_unavailable", "The connection was closed."],
  EPIPE: ["store_unavailable", "The connection was closed."],
  ETIMEDOUT: ["store_unavailable", "The server did not answer in time."],
};

/** A serialization failure or a deadlock: running the transaction again is correct. */
export function isTransient(error: unknown): boolean {
  return ["40001", "40P01"].includes(getErrorCode(error) ?? "");
}

/** An open transaction holds a lock that is needed; nothing was written. */
export function isLockTimeout(error: unknown): boolean {
  return getErrorCode(HeronError.is(error) ? error.cause : error) === "55P03";
}

/** Not an SQLSTATE: the rules of the account kept changing while events were published. */
export const CODE_CONCURRENT_CHANGE = "stale";

/** The error concerns one caller's data or account, not the other calls in the same batch. */
export function isCallerError(error: unknown): boolean {
  const code = getErrorCode(HeronError.is(error) ? error.cause : error) ?? "";
  return code === CODE_CONCURRENT_CHANGE || /^22...$/.test(code);
}

export function getErrorCode(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** Wraps a failure in a `HeronError` that says what to do. */
export function toHeronError(error: unknown, storeLabel: string): HeronError {
  if (HeronError.is(error)) return error;
  const [code, hint] = ERRORS_BY_CODE[getErrorCode(error) ?? ""] ?? ["store_unavailable", ""];
  const message =
    error instanceof Error && error.message !== "" ? error.message : String(getErrorCode(error) ?? error);
  return new HeronError(code, `${storeLabel} cannot be used: ${message}.${hint === "" ? "" : ` ${hint}`}`, {
    cause: error,
  });
}
