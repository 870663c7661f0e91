import { ImportedRanges } from "./imported-ranges.ts";
import type { Database, SqlClient } from "./database.ts";
import { LOCAL_ID_BASE } from "./schema/imports.ts";

const MAX_CACHED_ACCOUNTS = 100_000;

interface AccountRow {
  readonly key: string;
  readonly id: number;
}

/** What deliveries and accounts are called outside, and by which numbers they go inside. */
export class IdMap {
  readonly #database: Database;
  readonly #accountIds = new Map<string, number>();
  readonly #importedRanges: ImportedRanges;
  #prefix: Promise<string> | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#importedRanges = new ImportedRanges(database.schema);
  }

  /**
   * The numbers of accounts: of those that have none, new ones, which are put down outside of any transaction. Accounts are
   * never removed. Known ones are looked for with `reader`: who has a connection should not need another.
   */
  async getAccountIds(keys: ReadonlySet<string>, client?: SqlClient): Promise<readonly number[]> {
    // Before what is known is counted on.
    if (this.#accountIds.size > MAX_CACHED_ACCOUNTS) this.#accountIds.clear();
    const unknown = [...keys].filter((key) => !this.#accountIds.has(key)).sort();
    if (unknown.length > 0) {
      const { schema } = this.#database;
      const queryAccounts = async (client: SqlClient): Promise<readonly AccountRow[]> => {
        const { rows } = await client.query(`select key, id from ${schema}.accounts where key = any($1)`, [
          unknown,
        ]);
        return rows as readonly AccountRow[];
      };
      let rows = await (client === undefined ? this.#database.run(queryAccounts) : queryAccounts(client));
      if (rows.length < unknown.length) {
        await this.#database.query(
          `insert into ${schema}.accounts(key) select unnest($1::text[]) on conflict do nothing`,
          [unknown.filter((key) => !rows.some((row) => row.key === key))],
        );
        rows = await this.#database.run(queryAccounts);
      }
      for (const { key, id } of rows) this.#accountIds.set(key, id);
    }
    return [...keys].map((key) => this.#accountIds.get(key) as number);
  }

  async getAccountId(key: string): Promise<number> {
    const [accountId] = await this.getAccountIds(new Set([key]));
    return accountId as number;
  }

  /** The number of an account, which may never have been heard of: null then. */
  async findAccountId(key: string): Promise<number | null> {
    const cached = this.#accountIds.get(key);
    if (cached !== undefined) return cached;
    const [row] = await this.#database.query<{ readonly id: number }>(
      `select id from ${this.#database.schema}.accounts where key = $1`,
      [key],
    );
    return row?.id ?? null;
  }

  /**
   * The text that stands for a delivery: unique over databases, and no more than a number. That of one that came with a file
   * is as it was there; of such numbers, only those from the `lowest` on are sure to be known.
   */
  async getDeliveryIdFormatter(lowestId: number = LOCAL_ID_BASE + 1): Promise<(internalId: number) => string> {
    const prefix = await this.#getPrefix();
    if (!this.#importedRanges.isCovered(lowestId)) await this.#database.run((client) => this.#importedRanges.load(client));
    return (number) => {
      if (number > LOCAL_ID_BASE) return prefix + (number - LOCAL_ID_BASE).toString(36);
      const range = this.#importedRanges.find(number);
      return range === null ? prefix + number.toString(36) : toIdPrefix(range.name) + range.number.toString(36);
    };
  }

  /** Sees to it that of deliveries which are about to get their ids all are known, those included that came with a file. */
  async loadRanges(client: SqlClient, internalIds: readonly number[]): Promise<void> {
    if (!internalIds.every((internalId) => this.#importedRanges.isCovered(internalId))) await this.#importedRanges.load(client);
  }

  async parseDeliveryId(id: string): Promise<number | null> {
    const [, name = "", digits = ""] = /^dlv_([0-9a-f]+)_([0-9a-z]{1,10})$/.exec(id) ?? [];
    const number = Number.parseInt(digits, 36);
    if (name === "" || number === 0) return null;
    if (toIdPrefix(name) === (await this.#getPrefix())) return LOCAL_ID_BASE + number;
    const localId = this.#importedRanges.toLocalId(name, number);
    if (localId !== undefined) return localId;
    // It may have come since.
    await this.#database.run((client) => this.#importedRanges.load(client));
    return this.#importedRanges.toLocalId(name, number) ?? null;
  }

  async #getPrefix(): Promise<string> {
    const { schema } = this.#database;
    this.#prefix ??= this.#database
      .query<{ readonly value: string }>(`select value from ${schema}.meta where name = 'name'`)
      .then(([row]) => toIdPrefix(row?.value ?? ""))
      .catch((error: unknown) => {
        this.#prefix = undefined;
        throw error;
      });
    return this.#prefix;
  }
}

/** What stands before a delivery's number, in its id. */
function toIdPrefix(storeId: string): string {
  return `dlv_${storeId}_`;
}
