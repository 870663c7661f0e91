import type { Database, SqlClient } from "./database.ts";
import { ImportedRanges } from "./imported-ranges.ts";
import { LOCAL_ID_BASE } from "./schema/imports.ts";

const MAX_CACHED_ACCOUNTS = 100_000;

interface AccountRow {
  readonly externalId: string;
  readonly id: number;
}

/** Maps the public ids of deliveries and accounts to their numbers in the database. */
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
   * Returns the numbers of accounts. Inserts unknown accounts outside of any transaction; accounts are never deleted. With
   * `client`, a caller that holds a connection does not need a second one for accounts that exist.
   */
  async getAccountIds(keys: ReadonlySet<string>, client?: SqlClient): Promise<readonly number[]> {
    // Before the lookup, which relies on the cache until the end.
    if (this.#accountIds.size > MAX_CACHED_ACCOUNTS) this.#accountIds.clear();
    const unknown = [...keys].filter((key) => !this.#accountIds.has(key)).sort();
    if (unknown.length > 0) {
      const { schema } = this.#database;
      const queryAccounts = async (client: SqlClient): Promise<readonly AccountRow[]> => {
        const { rows } = await client.query(
          `select external_id as "externalId", id from ${schema}.accounts where external_id = any($1)`,
          [unknown],
        );
        return rows as readonly AccountRow[];
      };
      let rows = await (client === undefined ? this.#database.run(queryAccounts) : queryAccounts(client));
      if (rows.length < unknown.length) {
        await this.#database.query(
          `insert into ${schema}.accounts(external_id) select unnest($1::text[]) on conflict do nothing`,
          [unknown.filter((key) => !rows.some((row) => row.externalId === key))],
        );
        rows = await this.#database.run(queryAccounts);
      }
      for (const { externalId, id } of rows) this.#accountIds.set(externalId, id);
    }
    return [...keys].map((key) => this.#accountIds.get(key) as number);
  }

  async getAccountId(key: string): Promise<number> {
    const [accountId] = await this.getAccountIds(new Set([key]));
    return accountId as number;
  }

  /** The number of an account; null if it is unknown. */
  async findAccountId(key: string): Promise<number | null> {
    const cached = this.#accountIds.get(key);
    if (cached !== undefined) return cached;
    const [row] = await this.#database.query<{ readonly id: number }>(
      `select id from ${this.#database.schema}.accounts where external_id = $1`,
      [key],
    );
    return row?.id ?? null;
  }

  /**
   * Returns a function that formats the ids of deliveries: the store's name and a number. Imported deliveries keep the ids
   * that they had in their file. The function covers numbers from `lowestId` on.
   */
  async getDeliveryIdFormatter(
    lowestId: number = LOCAL_ID_BASE + 1,
  ): Promise<(internalId: number) => string> {
    const prefix = await this.#getPrefix();
    if (!this.#importedRanges.isCovered(lowestId))
      await this.#database.run((client) => this.#importedRanges.load(client));
    return (number) => {
      if (number > LOCAL_ID_BASE) return prefix + (number - LOCAL_ID_BASE).toString(36);
      const range = this.#importedRanges.find(number);
      return range === null
        ? prefix + number.toString(36)
        : toIdPrefix(range.name) + range.number.toString(36);
    };
  }

  /** Loads the imported ranges that are needed to format these ids. */
  async loadRanges(client: SqlClient, internalIds: readonly number[]): Promise<void> {
    if (!internalIds.every((internalId) => this.#importedRanges.isCovered(internalId)))
      await this.#importedRanges.load(client);
  }

  async parseDeliveryId(id: string): Promise<number | null> {
    const [, name = "", digits = ""] = /^dlv_([0-9a-f]+)_([0-9a-z]{1,10})$/.exec(id) ?? [];
    const number = Number.parseInt(digits, 36);
    if (name === "" || number === 0) return null;
    if (toIdPrefix(name) === (await this.#getPrefix())) return LOCAL_ID_BASE + number;
    const localId = this.#importedRanges.toLocalId(name, number);
    if (localId !== undefined) return localId;
    // The file may have been imported since the last load.
    await this.#database.run((client) => this.#importedRanges.load(client));
    return this.#importedRanges.toLocalId(name, number) ?? null;
  }

  async #getPrefix(): Promise<string> {
    const { schema } = this.#database;
    this.#prefix ??= this.#database
      .query<{ readonly value: string }>(`select value from ${schema}.meta where name = 'store_name'`)
      .then(([row]) => toIdPrefix(row?.value ?? ""))
      .catch((error: unknown) => {
        this.#prefix = undefined;
        throw error;
      });
    return this.#prefix;
  }
}

function toIdPrefix(storeId: string): string {
  return `dlv_${storeId}_`;
}
