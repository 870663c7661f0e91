import type { LabelRecord } from "../../label-record.ts";
import type { Statements } from "./statements.ts";

const MAX_CACHED_ACCOUNTS = 1000;

/**
 * Caches the labels of accounts, which every event reads, until any label changes. The thread is the file's only
 * writer, so the cache is exact.
 */
export class LabelCache {
  readonly #statements: Statements;
  readonly #cache = new Map<number, readonly LabelRecord[]>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  get(account: number): readonly LabelRecord[] {
    const cached = this.#cache.get(account);
    if (cached !== undefined) return cached;
    const rows = this.#statements.all("select record from labels where account = ? order by name", account);
    const labels = rows.map(({ record }) => JSON.parse(String(record)) as LabelRecord);
    if (this.#cache.size >= MAX_CACHED_ACCOUNTS) this.#cache.clear();
    this.#cache.set(account, labels);
    return labels;
  }

  clear(): void {
    this.#cache.clear();
  }
}
