import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** A row, by column. */
export type Row = Readonly<Record<string, SQLInputValue>>;

/** The prepared statements of a file, prepared on first use. */
export class Statements {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.#statement(sql).all(...values) as unknown as readonly Row[];
  }

  /** The size of the file without free pages, in bytes. */
  sizeBytes(): number {
    const readPragma = (pragma: string): number =>
      Number(Object.values(this.get(`pragma ${pragma}`) ?? {})[0] ?? 0);
    return (readPragma("page_count") - readPragma("freelist_count")) * readPragma("page_size");
  }

  /** Runs `work` in a transaction. */
  transaction<T>(work: () => T): T {
    this.#db.exec("begin immediate");
    try {
      const result = work();
      this.#db.exec("commit");
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("rollback");
      throw error;
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}
