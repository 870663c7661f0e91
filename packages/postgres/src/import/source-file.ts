import { closeSync, openSync, readSync, statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { HeronError } from "@heron-webhooks/core";

/** A row, by column. */
export type Row = Readonly<Record<string, SQLInputValue>>;

/** The version of the sender's tables that is read here, with those before it. */
const MAX_FILE_VERSION = 2;
const SQLITE_HEADER = "SQLite format 3\0";
/** Who has the file right now may be about to leave it, in milliseconds. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * A sender's file, for as long as it is moved: no sender gets it meanwhile, and nothing of it is changed. As a sender has it
 * to itself, so it is had here, for which SQLite must open it to be written; unless a process that was killed left a log
 * beside it: that would be written into it at the end, and is not if the file is opened to be read.
 */
export class SourceFile {
  readonly path: string;
  /** What it calls itself, in the ids of its deliveries. */
  readonly storeId: string;
  readonly lastEvent: number;
  readonly lastDelivery: number;
  /** There is a log beside the file, and some of what it holds is only in there. */
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
    // However many they are, they need not fit into the memory.
    db.exec("pragma temp_store = file; pragma cache_size = -16000");
    db.exec(`create temp table pending(event integer primary key);
      insert or ignore into pending select event from deliveries where state = 3;
      insert or ignore into pending select event from deliveries where state = 2
        and id >= (select value from meta where name = 'hot_from');
      pragma query_only = on`);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#db.prepare(sql).get(...values) as Row | undefined;
  }

  /** Whether it has a table: one of an older version may not. */
  hasTable(table: string): boolean {
    return this.get("select 1 from sqlite_master where name = ?", table) !== undefined;
  }

  /** Reads as it goes on. */
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
    const tables = "'meta', 'webhooks', 'events', 'deliveries', 'attempts', 'gates'";
    const tableCount = this.get(`select count(*) as count from sqlite_master where name in (${tables})`);
    const isSenderFile = version > 0 && Number(tableCount?.["count"]) === 6;
    const name = isSenderFile ? this.get("select value from meta where name = 'name'")?.["value"] : null;
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

/** Looks before anything opens the file: what is none of SQLite's is not touched, and none is made. */
function assertSqliteHeader(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new HeronError(
      "store_unavailable",
      `There is no file ${path}: name the one that sqliteStore was given. Without one a sender takes HERON_DB, or heron.db in the folder it is started in.`,
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
    `${path} is not a file that a sender keeps: name the one that sqliteStore was given.`,
  );
}

/** What SQLite says, with what to do about it. Source: SQLite, "Result and Error Codes". */
function toHeronError(cause: unknown, path: string): HeronError {
  if (HeronError.is(cause)) return cause;
  const { message, errcode = 0 } = cause as Error & { readonly errcode?: number };
  const primary = errcode & 0xff;
  if (primary === 5 || primary === 6)
    return new HeronError(
      "store_busy",
      `Another process has ${path}: stop the sender, and run this again. What it delivers meanwhile would be delivered twice.`,
      { cause },
    );
  const hint = [8, 10, 14].includes(primary)
    ? " The file is not changed, but it is locked: so this process must be able to write to it and to its folder. Else copy it to a folder of your own, with the file that ends in -wal if there is one."
    : "";
  return new HeronError("store_unavailable", `${path} cannot be read: ${message}.${hint}`, { cause });
}
