import type { LocalWebhookQueue, QueuedEvent } from "@heron-webhooks/engine";
import type { SqlClient } from "../database.ts";
import type { MemberContext } from "./context.ts";
import type { Memory } from "./memory.ts";

interface Marked {
  readonly ids: readonly number[] | null;
  /** When the next of each webhook is due that was left, and its number. */
  readonly nexts: readonly (number | null)[];
  readonly nextIds: readonly (number | null)[];
}

interface DeliveryRow extends QueuedEvent {
  readonly id: number;
  readonly webhook: number;
  readonly attempts: number;
  readonly before: number;
  readonly since: number;
  readonly due: number;
}

/** No webhook has more brought into memory at once, so that many that wait behind closed gates do not fill it. */
const MOST_EACH = 256;
/** How large what is brought there at once may be. */
const MOST_BYTES = 8 * 1024 * 1024;
const LEAST_SIZE = 256;

/** Brings what is due into a worker's memory. */
export class Loading {
  readonly #worker: () => number;
  readonly #memory: Memory;
  readonly #context: MemberContext;
  /** How large what was loaded last was, on average. */
  #size = 1024;

  constructor(worker: () => number, memory: Memory, context: MemberContext) {
    this.#worker = worker;
    this.#memory = memory;
    this.#context = context;
  }

  /** Brings there what is due of webhooks, the oldest of each. False if the worker was buried. */
  async load(lanes: readonly LocalWebhookQueue[]): Promise<boolean> {
    const { database, clock } = this.#context;
    // Some may have left it since they were asked for.
    const numbers = lanes.flatMap((lane) => this.#memory.lanes.getNumber(lane) ?? []);
    if (numbers.length === 0) return true;
    return database.run(async (client) => {
      const { asOf } = this.#memory;
      const { rows } = await client.query(
        `select ids, next_due_times as nexts, next_delivery_ids as "nextIds" from ${database.schema}.lease_due_deliveries($1, $2, $3, $4)`,
        [clock.now(), this.#worker(), numbers, this.#each(numbers.length)],
      );
      const [marked] = rows as readonly Marked[];
      if (marked === undefined) return false;
      await this.#read(client, marked.ids ?? []);
      for (const [i, webhook] of numbers.entries()) {
        const sequence = marked.nextIds[i] ?? undefined;
        this.#memory.waits(webhook, marked.nexts[i] ?? null, asOf, clock.now(), sequence);
      }
      return true;
    });
  }

  /** How many of each of so many webhooks. */
  #each(webhooks: number): number {
    const fitting = Math.floor(Math.min(MOST_BYTES, this.#memory.freeBytes) / webhooks / this.#size);
    return Math.max(1, Math.min(MOST_EACH, fitting, this.#memory.hot.getLoadSize(webhooks)));
  }

  /** Reads what was marked as the worker's own. */
  async #read(client: SqlClient, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const { schema } = this.#context.database;
    const { rows } = await client.query(
      `select o.id::double precision, o.webhook, o.attempt_count as attempts, o.attempts_before_requeue as before,
        o.enqueued_at::double precision as since, o.due_at::double precision as due,
        e.topic, e.body, e.properties as user, e.traceparent
       from ${schema}.pending_deliveries o join ${schema}.events e on e.id = o.event where o.id = any($1) and o.owner = $2`,
      [ids, this.#worker()],
    );
    await this.#context.ids.loadRanges(client, ids);
    const now = this.#context.clock.now();
    let bytes = 0;
    for (const { topic, body, user, traceparent, ...row } of rows as readonly DeliveryRow[]) {
      bytes += body.length;
      this.#memory.take({ ...row, event: { topic, body, user, traceparent } }, now);
    }
    this.#size = Math.max(LEAST_SIZE, bytes / Math.max(1, rows.length));
  }
}
