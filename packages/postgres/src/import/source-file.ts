import { closeSync, openSync, readSync, statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { HeronError } from "@heron-webhooks/core";

/** A row, by column. */
export type Row = Readonly<Record<string, SQLInputValue>>;

/** The newest version of the sender's tables that this code reads. */
const MAX_FILE_VERSION = 1;
const SQLITE_HEADER = "SQLite format 3\0";
/** A sender that is closing may still have the file open. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * A sender's file during an import. It is locked, so no sender can open it, and it is not changed. An exclusive lock needs
 * write access. But if a killed process left a WAL, the file is opened read-only: otherwise SQLite would write the WAL into
 * the file on close.
 */
export class SourceFile {
  readonly path: string;
  /** The store name in the ids of its deliveries. */
  readonly storeId: string;
  readonly lastEvent: number;
  readonly lastDelivery: number;
  /** The file has a WAL with data that is not in the file itself. */
  readonly hasWal: boolean;
  readonly #db: DatabaseSync;

  /** @throws HeronError `store_busy`, `store_version`, `store_unavailable` */
  static open(path: string): SourceFile {
    assertSqliteHeader(path);
    const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, readOnly: hasLog });
      if (!hasLog) db.exec("pragma locking_mode = exclusive");
      return new SourceFile(path, db, hasLog);
    } catch (error) {
      db?.close();
      throw toHeronError(error, path);
    }
  }

  private constructor(path: string, db: DatabaseSync, hasLog: boolean) {
    this.path = path;
    this.#db = db;
    this.hasWal = hasLog;
    this.storeId = this.#readStoreId();
    this.lastEvent = this.#getLastId("events", "last_event");
    this.lastDelivery = this.#getLastId("deliveries", "last_delivery");
    // The table may not fit into memory.
    db.exec("pragma temp_store = file; pragma cache_size = -16000");
    db.exec(`create temp table pending(event integer primary key);
      insert or ignore into pending select event from deliveries where state = 3;
      insert or ignore into pending select event from deliveries where state = 2
        and id >= (select value from meta where name = 'buffered_from');
      pragma query_only = on`);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#db.prepare(sql).get(...values) as Row | undefined;
  }

  /** Reads rows lazily. */
  rows(sql: string, ...values: readonly SQLInputValue[]): IterableIterator<Row> {
    return this.#db.prepare(sql).iterate(...values) as IterableIterator<Row>;
  }

  close(): void {
    this.#db.close();
  }

  #readStoreId(): string {
    const version = Number(this.get("pragma user_version")?.["user_version"]);
    if (version > MAX_FILE_VERSION)
      throw new HeronError(
        "store_version",
        `${this.path} was written by a newer version (${version}, this one reads ${MAX_FILE_VERSION}): update @heron-webhooks/postgres.`,
      );
    const tables = "'meta', 'webhooks', 'events', 'deliveries', 'attempts', 'pauses'";
    const tableCount = this.get(`select count(*) as count from sqlite_master where name in (${tables})`);
    const isSenderFile = version > 0 && Number(tableCount?.["count"]) === 6;
    const name = isSenderFile
      ? this.get("select value from meta where name = 'store_name'")?.["value"]
      : null;
    if (typeof name !== "string" || !/^[0-9a-f]+$/.test(name)) throw createNotSenderFileError(this.path);
    return name;
  }

  #getLastId(table: "events" | "deliveries", name: string): number {
    const last = this.get(
      `select max(coalesce((select max(id) from ${table}), 0), coalesce((select value from meta where name = ?), 0)) as last`,
      name,
    );
    return Number(last?.["last"]);
  }
}

/** Checks before SQLite opens the file, which would create a missing file. */
function assertSqliteHeader(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new HeronError(
      "store_unavailable",
      `The file ${path} does not exist. Use the path that was passed to sqliteStore. The default is HERON_DB, or heron.db in the sender's working directory.`,
    );
  if (!found.isFile()) throw new HeronError("store_unavailable", `${path} is not a file.`);
  const header = Buffer.alloc(SQLITE_HEADER.length);
  try {
    const file = openSync(path, "r");
    readSync(file, header, 0, header.length, 0);
    closeSync(file);
  } catch (cause) {
    throw new HeronError("store_unavailable", `${path} cannot be read: ${(cause as Error).message}.`, {
      cause,
    });
  }
  if (header.toString("latin1") !== SQLITE_HEADER) throw createNotSenderFileError(path);
}

function createNotSenderFileError(path: string): HeronError {
  return new HeronError(
    "store_unavailable",
    `${path} is not a sender's file. Use the path that was passed to sqliteStore.`,
  );
}

/** Wraps an error of SQLite with a hint. Source of the codes: SQLite, "Result and Error Codes". */
function toHeronError(cause: unknown, path: string): HeronError {
  if (HeronError.is(cause)) return cause;
  const { message, errcode = 0 } = cause as Error & { readonly errcode?: number };
  const primary = errcode & 0xff;
  if (primary === 5 || primary === 6)
    return new HeronError(
      "store_busy",
      `Another process has ${path} open. Stop the sender and run the command again. Otherwise deliveries would be made twice.`,
      { cause },
    );
  const hint = [8, 10, 14].includes(primary)
    ? " The import locks the file, without changing it, so it needs write access to the file and its folder. Otherwise copy the file, and its -wal file if there is one, to another folder."
    : "";
  return new HeronError("store_unavailable", `${path} cannot be read: ${message}.${hint}`, { cause });
}
