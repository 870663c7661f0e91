import type { PauseRecord, RegisteredWebhook, WebhookRecord } from "@heron-webhooks/engine";
import type { SqlClient } from "../database.ts";
import { NEVER_ENDS } from "../schema/tables.ts";
import type { Memory } from "./memory.ts";

/** A webhook as whoever schedules must know it, and when the first of it is due that waits; null for nothing. */
interface Introduction {
  readonly introduced: RegisteredWebhook;
  readonly due: number | null;
}

interface Row {
  readonly id: number;
  readonly record: string;
  readonly due: number | null;
  readonly pauses:
    | readonly {
        readonly scope: PauseRecord["scope"];
        readonly reason: PauseRecord["reason"];
        readonly until: number | null;
      }[]
    | null;
}

/** Has a worker's memory meet webhooks, and learn what was changed of them. */
export class Introductions {
  readonly #memory: Memory;
  readonly #schema: string;
  readonly #now: () => number;

  constructor(memory: Memory, schema: string, now: () => number) {
    this.#memory = memory;
    this.#schema = schema;
    this.#now = now;
  }

  /** Meets webhooks that are the worker's now, unless they are known. */
  async meet(client: SqlClient, numbers: readonly number[]): Promise<void> {
    const { lanes } = this.#memory;
    const unknown = [...new Set(numbers)].filter((number) => lanes.get(number) === undefined);
    const now = this.#now();
    for (const { introduced, due } of await this.#ask(client, unknown)) {
      // Those that it remembers may be from before it had any of the account's.
      this.#memory.hot.getAccount(introduced.record.account).pauses.clear();
      lanes.register(introduced, now);
      if (due !== null) this.#memory.stored(introduced.number, due, now);
    }
  }

  /** Learns what was changed of webhooks that are known, and forgets those that were removed. */
  async learn(client: SqlClient, numbers: readonly number[]): Promise<void> {
    const { lanes } = this.#memory;
    const known = [...new Set(numbers)].filter((number) => lanes.get(number) !== undefined);
    const found = await this.#ask(client, known);
    for (const { introduced, due } of found) {
      lanes.update(introduced, this.#now());
      if (due !== null) this.#memory.stored(introduced.number, due, this.#now());
    }
    for (const number of known)
      if (!found.some(({ introduced }) => introduced.number === number)) {
        const lane = lanes.get(number);
        if (lane !== undefined) this.#memory.remove(lane.record.id);
      }
  }

  /** What there is to know of webhooks, of those that are there. */
  async #ask(client: SqlClient, numbers: readonly number[]): Promise<readonly Introduction[]> {
    if (numbers.length === 0) return [];
    const schema = this.#schema;
    const { rows } = await client.query(
      `select w.id, w.record,
        (select q.due_at from ${schema}.pending_deliveries q where q.webhook = w.id and q.owner is null order by q.due_at, q.id limit 1)::double precision as due,
        (select json_agg(json_build_object('scope', g.scope, 'reason', g.reason, 'until', nullif(g.until, ${NEVER_ENDS}))) from ${schema}.pauses g
          where (g.scope = 'webhook' and g.target = w.id) or (g.scope = 'account' and g.target = w.account)) as pauses
       from ${schema}.webhooks w where w.id = any($1)`,
      [numbers],
    );
    return (rows as readonly Row[]).map(({ id, record, due, pauses }) => ({
      introduced: {
        number: id,
        record: JSON.parse(record) as WebhookRecord,
        pauses: (pauses ?? []).map(({ until, ...pause }) => ({
          ...pause,
          until: until ?? Number.POSITIVE_INFINITY,
        })),
      },
      due,
    }));
  }
}
