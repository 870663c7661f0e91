import type { Database } from "./database.ts";

const MOST_ACCOUNTS = 100_000;

/** What deliveries and accounts are called outside, and by which numbers they go inside. */
export class Names {
  readonly #database: Database;
  readonly #accounts = new Map<string, number>();
  #prefix: Promise<string> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The numbers of accounts: of those that have none, new ones. Accounts are never removed. */
  async accounts(keys: ReadonlySet<string>): Promise<readonly number[]> {
    const unknown = [...keys].filter((key) => !this.#accounts.has(key)).sort();
    if (unknown.length > 0) {
      if (this.#accounts.size > MOST_ACCOUNTS) this.#accounts.clear();
      const { schema } = this.#database;
      const find = `select key, id from ${schema}.accounts where key = any($1)`;
      let rows = await this.#database.query<{ readonly key: string; readonly id: number }>(find, [unknown]);
      if (rows.length < unknown.length) {
        await this.#database.query(
          `insert into ${schema}.accounts(key) select unnest($1::text[]) on conflict do nothing`,
          [unknown.filter((key) => !rows.some((row) => row.key === key))],
        );
        rows = await this.#database.query(find, [unknown]);
      }
      for (const { key, id } of rows) this.#accounts.set(key, id);
    }
    return [...keys].map((key) => this.#accounts.get(key) as number);
  }

  async account(key: string): Promise<number> {
    const [number] = await this.accounts(new Set([key]));
    return number as number;
  }

  /** The number of an account, which may never have been heard of: null then. */
  async find(key: string): Promise<number | null> {
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const [row] = await this.#database.query<{ readonly id: number }>(
      `select id from ${this.#database.schema}.accounts where key = $1`,
      [key],
    );
    return row?.id ?? null;
  }

  /** The text that stands for a delivery: unique over databases, and no more than a number. */
  async deliveryId(): Promise<(number: number) => string> {
    const prefix = await this.#prefixOf();
    return (number) => prefix + number.toString(36);
  }

  async deliveryNumber(id: string): Promise<number | null> {
    const prefix = await this.#prefixOf();
    const rest = id.slice(prefix.length);
    return id.startsWith(prefix) && /^[0-9a-z]{1,10}$/.test(rest) ? Number.parseInt(rest, 36) : null;
  }

  async #prefixOf(): Promise<string> {
    const { schema } = this.#database;
    this.#prefix ??= this.#database
      .query<{ readonly value: string }>(`select value from ${schema}.meta where name = 'name'`)
      .then(([row]) => `dlv_${row?.value ?? ""}_`)
      .catch((error: unknown) => {
        this.#prefix = undefined;
        throw error;
      });
    return this.#prefix;
  }
}
