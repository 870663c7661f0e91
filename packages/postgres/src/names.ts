import { Blocks } from "./blocks.ts";
import type { Database, Queryable } from "./database.ts";
import { OWN } from "./schema/imports.ts";

const MOST_ACCOUNTS = 100_000;

interface AccountRow {
  readonly key: string;
  readonly id: number;
}

/** What deliveries and accounts are called outside, and by which numbers they go inside. */
export class Names {
  readonly #database: Database;
  readonly #accounts = new Map<string, number>();
  readonly #blocks: Blocks;
  #prefix: Promise<string> | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#blocks = new Blocks(database.schema);
  }

  /**
   * The numbers of accounts: of those that have none, new ones, which are put down outside of any transaction. Accounts are
   * never removed. Known ones are looked for with `reader`: who has a connection should not need another.
   */
  async accounts(keys: ReadonlySet<string>, reader?: Queryable): Promise<readonly number[]> {
    // Before what is known is counted on.
    if (this.#accounts.size > MOST_ACCOUNTS) this.#accounts.clear();
    const unknown = [...keys].filter((key) => !this.#accounts.has(key)).sort();
    if (unknown.length > 0) {
      const { schema } = this.#database;
      const find = async (client: Queryable): Promise<readonly AccountRow[]> => {
        const { rows } = await client.query(`select key, id from ${schema}.accounts where key = any($1)`, [
          unknown,
        ]);
        return rows as readonly AccountRow[];
      };
      let rows = await (reader === undefined ? this.#database.run(find) : find(reader));
      if (rows.length < unknown.length) {
        await this.#database.query(
          `insert into ${schema}.accounts(key) select unnest($1::text[]) on conflict do nothing`,
          [unknown.filter((key) => !rows.some((row) => row.key === key))],
        );
        rows = await this.#database.run(find);
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

  /**
   * The text that stands for a delivery: unique over databases, and no more than a number. That of one that came with a file
   * is as it was there; of such numbers, only those from the `lowest` on are sure to be known.
   */
  async deliveryId(lowest: number = OWN + 1): Promise<(number: number) => string> {
    const prefix = await this.#prefixOf();
    if (!this.#blocks.knows(lowest)) await this.#database.run((client) => this.#blocks.learn(client));
    return (number) => {
      if (number > OWN) return prefix + (number - OWN).toString(36);
      const found = this.#blocks.find(number);
      return found === null ? prefix + number.toString(36) : textOf(found.name) + found.number.toString(36);
    };
  }

  /** Sees to it that of deliveries which are about to get their ids all are known, those included that came with a file. */
  async learn(client: Queryable, numbers: readonly number[]): Promise<void> {
    if (!numbers.every((number) => this.#blocks.knows(number))) await this.#blocks.learn(client);
  }

  async deliveryNumber(id: string): Promise<number | null> {
    const [, name = "", digits = ""] = /^dlv_([0-9a-f]+)_([0-9a-z]{1,10})$/.exec(id) ?? [];
    const number = Number.parseInt(digits, 36);
    if (name === "" || number === 0) return null;
    if (textOf(name) === (await this.#prefixOf())) return OWN + number;
    const known = this.#blocks.numberOf(name, number);
    if (known !== undefined) return known;
    // It may have come since.
    await this.#database.run((client) => this.#blocks.learn(client));
    return this.#blocks.numberOf(name, number) ?? null;
  }

  async #prefixOf(): Promise<string> {
    const { schema } = this.#database;
    this.#prefix ??= this.#database
      .query<{ readonly value: string }>(`select value from ${schema}.meta where name = 'name'`)
      .then(([row]) => textOf(row?.value ?? ""))
      .catch((error: unknown) => {
        this.#prefix = undefined;
        throw error;
      });
    return this.#prefix;
  }
}

/** What stands before a delivery's number, in its id. */
function textOf(name: string): string {
  return `dlv_${name}_`;
}
