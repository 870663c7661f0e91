// Preloaded into a program, it gives SQLite a disk that is full for as long as the file that HERON_TAKEN names is there.
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** In pages of 4 KiB. */
const FULL_AT = 64;
const EVER = 1_000_000;

const taken = process.env["HERON_TAKEN"] ?? "";
const exec = DatabaseSync.prototype.exec;
// SQLite's own limit, so that what fails is a real write in a real transaction, with SQLite's own error.
DatabaseSync.prototype.exec = function limited(this: DatabaseSync, sql: string): void {
  if (sql.startsWith("begin"))
    exec.call(this, `pragma max_page_count = ${existsSync(taken) ? FULL_AT : EVER}`);
  exec.call(this, sql);
};
