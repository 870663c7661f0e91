import type { Claim, ClaimRequest } from "@heron-webhooks/sender";
import type { Database } from "./database.ts";
import type { Names } from "./names.ts";

interface ClaimRow {
  readonly n: number;
  readonly id: number;
  readonly account: string;
  readonly webhook: string;
  readonly version: number;
  readonly topic: string;
  readonly body: string;
  readonly properties: string | null;
  readonly trace: string | null;
  readonly attempts: number;
  readonly tried: number;
  readonly age: number;
  readonly probe: boolean;
  readonly after: number;
}

/** Takes leases, one claim after the other: each goes on where the one before came to in the ring of accounts. */
export class Claiming {
  readonly #database: Database;
  readonly #names: Names;
  #holder: Promise<number> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #next = 1;
  #after = 0;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const claims = this.#last.then(() => this.#claim(request));
    this.#last = claims.catch(() => {});
    return claims;
  }

  async nextDueIn(): Promise<number | null> {
    const [row] = await this.#database.query<{ readonly ms: number | null }>(
      `select ${this.#database.schema}.next_due() as ms`,
    );
    return row?.ms ?? null;
  }

  async #claim({ max, leaseMs }: ClaimRequest): Promise<readonly Claim[]> {
    if (max < 1) return [];
    const { schema } = this.#database;
    const holder = await this.#holderOf();
    const idOf = await this.#names.deliveryId();
    const first = this.#next;
    // Numbers of a claim that failed on the way are not given again.
    this.#next += max;
    const rows = await this.#database.query<ClaimRow>(`select * from ${schema}.claim($1, $2, $3, $4, $5)`, [
      holder,
      first,
      max,
      leaseMs,
      this.#after,
    ]);
    this.#after = rows[0]?.after ?? this.#after;
    return rows.map((row) => ({
      lease: `${holder}/${row.id}/${row.n}`,
      delivery: idOf(row.id),
      account: row.account,
      webhook: row.webhook,
      version: row.version,
      topic: row.topic,
      body: row.body,
      user: row.properties,
      traceparent: row.trace,
      attempts: row.attempts,
      tried: row.tried,
      ageMs: row.age,
      probe: row.probe,
    }));
  }

  /** Who holds leases, unlike anybody before: the numbers of a sequence outlive a crash of the server. */
  #holderOf(): Promise<number> {
    this.#holder ??= this.#database
      .query<{ readonly holder: number }>(`select nextval('${this.#database.schema}.holders')::int as holder`)
      .then(([row]) => row?.holder ?? 0)
      .catch((error: unknown) => {
        this.#holder = undefined;
        throw error;
      });
    return this.#holder;
  }
}
