import type { SqlClient } from "./database.ts";
import { LOCAL_ID_BASE } from "./schema/imports.ts";

/** The numbers of a file that was moved in: that of a delivery is `base` and its number in the file, up to `last`. */
interface ImportedRange {
  readonly name: string;
  readonly offset: number;
  readonly last: number;
}

/** The files that were moved in, as far as is known. More may come while a store runs, each below those before it. */
export class ImportedRanges {
  readonly #schema: string;
  /** From the highest down. */
  #ranges: readonly ImportedRange[] = [];
  /** Whose every number above is known. */
  #lowestKnownId = LOCAL_ID_BASE;

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** Whether it is known whose a number is. */
  isCovered(id: number): boolean {
    return id > this.#lowestKnownId;
  }

  async load(client: SqlClient): Promise<void> {
    const { rows } = await client.query(
      `select name, base::double precision, last::double precision from ${this.#schema}.imports order by base desc, last desc`,
    );
    this.#ranges = rows as readonly ImportedRange[];
    this.#lowestKnownId = this.#ranges.at(-1)?.offset ?? LOCAL_ID_BASE;
  }

  /** The file that has a number here, and which it is there. */
  find(id: number): { readonly name: string; readonly number: number } | null {
    const range = this.#ranges.find(({ offset }) => id > offset);
    return range === undefined ? null : { name: range.name, number: id - range.offset };
  }

  /** The number here of a number of a file's. Null if it has none so high; undefined if there is no such file. */
  toLocalId(name: string, fileId: number): number | null | undefined {
    const range = this.#ranges.find((candidate) => candidate.name === name);
    if (range === undefined) return undefined;
    return fileId <= range.last ? range.offset + fileId : null;
  }
}
