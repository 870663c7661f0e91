import type { ExpiredDelivery, RetentionLimits } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { IdMap } from "./id-map.ts";
import type { ProcessMember } from "./worker/worker.ts";

interface ExpiredRow {
  readonly id: number | null;
  readonly webhook: string;
  readonly account: string;
  readonly topic: string;
  readonly attemptCount: number;
  readonly nextWebhook: number;
  readonly done: boolean;
  /** In the row without an id: the webhooks with expired deliveries, and the due time of the next stored delivery of each. */
  readonly affectedWebhooks: readonly number[] | null;
  readonly nextDueTimes: readonly (number | null)[] | null;
}

const NOTHING = { done: true, nextWebhook: 0, affectedWebhooks: null, nextDueTimes: null };
const MAX_AGE_MS = Number.MAX_SAFE_INTEGER;

/** Expires overdue deliveries and deletes old events, in short steps. */
export class Maintenance {
  readonly #database: Database;
  readonly #ids: IdMap;
  readonly #now: () => number;
  readonly #member: () => ProcessMember | null;
  /** The webhook after which the next step of `expire` continues. */
  #expireCursor = 0;
  /** The event where the next step of `prune` continues, so that old pending deliveries are not scanned in every step. */
  #pruneCursor = 0;

  constructor(database: Database, ids: IdMap, now: () => number, member: () => ProcessMember | null) {
    this.#database = database;
    this.#ids = ids;
    this.#now = now;
    this.#member = member;
  }

  async expire(
    olderThanMs: number,
    limit: number,
  ): Promise<{ readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean }> {
    const member = this.#member();
    const revision = member?.revision ?? 0;
    const rows = await this.#database.query<ExpiredRow>(
      `select id, webhook, account, topic, attempt_count as "attemptCount", next_webhook as "nextWebhook", done,
         affected_webhooks as "affectedWebhooks", next_due_times as "nextDueTimes"
       from ${this.#database.schema}.expire_deliveries($1, $2, $3, $4)`,
      [this.#now(), Math.min(MAX_AGE_MS, Math.round(olderThanMs)), limit, this.#expireCursor],
    );
    const toDeliveryId = await this.#ids.getDeliveryIdFormatter(
      Math.min(...rows.flatMap(({ id }) => id ?? [])),
    );
    const expired = rows.flatMap(({ id, webhook, account, topic, attemptCount }) =>
      id === null ? [] : [{ delivery: toDeliveryId(id), webhook, account, topic, attemptCount }],
    );
    const { done, nextWebhook, affectedWebhooks, nextDueTimes } =
      rows.find(({ id }) => id === null) ?? NOTHING;
    for (const [i, webhook] of (affectedWebhooks ?? []).entries())
      member?.setNextStoredDue(webhook, nextDueTimes?.[i] ?? null, revision);
    this.#expireCursor = done ? 0 : nextWebhook;
    return { expired, isDone: done };
  }

  async prune(
    { maxAgeMs, maxBytes }: RetentionLimits,
    limit: number,
  ): Promise<{ readonly pruned: number; readonly isDone: boolean }> {
    const step = async (from: number, stepLimit: number): Promise<PruneRow> => {
      const [row] = await this.#database.query<PruneRow>(
        `select pruned, next, done from ${this.#database.schema}.prune_events($1, $2, $3, $4, $5)`,
        [this.#now(), Math.min(MAX_AGE_MS, Math.round(maxAgeMs)), maxBytes, stepLimit, from],
      );
      return row ?? { pruned: 0, next: from, done: true };
    };
    const cursor = this.#pruneCursor;
    const firstPass = await step(cursor, limit);
    this.#pruneCursor = firstPass.done ? 0 : firstPass.next;
    if (!firstPass.done || cursor === 0) return { pruned: firstPass.pruned, isDone: firstPass.done };
    // Wrap around to the events before the cursor.
    const secondPass = await step(0, limit - firstPass.pruned);
    this.#pruneCursor = secondPass.done ? 0 : secondPass.next;
    return { pruned: firstPass.pruned + secondPass.pruned, isDone: secondPass.done };
  }
}

interface PruneRow {
  readonly pruned: number;
  readonly next: number;
  readonly done: boolean;
}
