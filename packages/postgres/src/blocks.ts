import type { Queryable } from "./database.ts";
import { OWN } from "./schema/imports.ts";

/** The numbers of a file that was moved in: that of a delivery is `base` and its number in the file, up to `last`. */
interface Block {
  readonly name: string;
  readonly base: number;
  readonly last: number;
}

/** The files that were moved in, as far as is known. More may come while a store runs, each below those before it. */
export class Blocks {
  readonly #schema: string;
  /** From the highest down. */
  #blocks: readonly Block[] = [];
  /** Whose every number above is known. */
  #floor = OWN;

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** Whether it is known whose a number is. */
  knows(number: number): boolean {
    return number > this.#floor;
  }

  async learn(client: Queryable): Promise<void> {
    const { rows } = await client.query(
      `select name, base::double precision, last::double precision from ${this.#schema}.imports order by base desc, last desc`,
    );
    this.#blocks = rows as readonly Block[];
    this.#floor = this.#blocks.at(-1)?.base ?? OWN;
  }

  /** The file that has a number here, and which it is there. */
  find(number: number): { readonly name: string; readonly number: number } | null {
    const block = this.#blocks.find(({ base }) => number > base);
    return block === undefined ? null : { name: block.name, number: number - block.base };
  }

  /** The number here of a number of a file's. Null if it has none so high; undefined if there is no such file. */
  numberOf(name: string, number: number): number | null | undefined {
    const block = this.#blocks.find((each) => each.name === name);
    if (block === undefined) return undefined;
    return number <= block.last ? block.base + number : null;
  }
}
