import type { LabelRecord } from "../../label-record.ts";
import type { Tables } from "./tables.ts";

const MOST_KEPT = 1000;

/**
 * The labels of accounts, as they are read for every event: kept until any of them changes, since the thread alone has the
 * file.
 */
export class KnownLabels {
  readonly #tables: Tables;
  readonly #kept = new Map<number, readonly LabelRecord[]>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  of(account: number): readonly LabelRecord[] {
    const known = this.#kept.get(account);
    if (known !== undefined) return known;
    const rows = this.#tables.all("select record from labels where account = ? order by name", account);
    const labels = rows.map(({ record }) => JSON.parse(String(record)) as LabelRecord);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(account, labels);
    return labels;
  }

  forget(): void {
    this.#kept.clear();
  }
}
