import type { SqlClient } from "./database.ts";
import { LOCAL_ID_BASE } from "./schema/imports.ts";

/** The ids of an imported file: a delivery has `offset` plus its number in the file, which is at most `last`. */
interface ImportedRange {
  readonly name: string;
  readonly offset: number;
  readonly last: number;
}

/** The imported files that this process knows. More may come while a store runs, each with lower ids than the one before. */
export class ImportedRanges {
  readonly #schema: string;
  /** In descending order. */
  #ranges: readonly ImportedRange[] = [];
  /** All ids above this one are covered. */
  #lowestKnownId = LOCAL_ID_BASE;

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** Whether the file of an id is known, or that it is the store's own. */
  isCovered(id: number): boolean {
    return id > this.#lowestKnownId;
  }

  async load(client: SqlClient): Promise<void> {
    const { rows } = await client.query(
      `select name, delivery_id_offset::double precision as "offset", last_delivery_id::double precision as last
       from ${this.#schema}.imports order by delivery_id_offset desc, last_delivery_id desc`,
    );
    this.#ranges = rows as readonly ImportedRange[];
    this.#lowestKnownId = this.#ranges.at(-1)?.offset ?? LOCAL_ID_BASE;
  }

  /** The file of an id, and the number in that file. */
  find(id: number): { readonly name: string; readonly number: number } | null {
    const range = this.#ranges.find(({ offset }) => id > offset);
    return range === undefined ? null : { name: range.name, number: id - range.offset };
  }

  /** The id here of a number in a file; null if the file has no such number, undefined if the file is unknown. */
  toLocalId(name: string, fileId: number): number | null | undefined {
    const range = this.#ranges.find((candidate) => candidate.name === name);
    if (range === undefined) return undefined;
    return fileId <= range.last ? range.offset + fileId : null;
  }
}
