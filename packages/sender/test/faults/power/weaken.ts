// Preloaded into a program, it opens files with another `synchronous` than the product does: the cuts must find that out.
import { DatabaseSync } from "node:sqlite";

const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function weakened(this: DatabaseSync, sql: string): void {
  const weaker = sql.replace(/synchronous\s*=\s*\w+/i, `synchronous = ${process.env["HERON_SYNCHRONOUS"]}`);
  exec.call(this, weaker);
};
