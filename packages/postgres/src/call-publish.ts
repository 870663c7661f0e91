import { HeronError } from "@heron-webhooks/core";
import type { NewEvent } from "@heron-webhooks/engine";
import { findSubscribedPatterns } from "@heron-webhooks/engine";
import type { AccountRulesCache, PreparedEvents } from "./account-rules-cache.ts";
import type { SqlClient } from "./database.ts";
import { CODE_CONCURRENT_CHANGE } from "./database-errors.ts";

/** The result of the function `publish_events`. */
export interface PublishedRow {
  /** For each event its state, and how many deliveries it has. */
  readonly states: readonly number[];
  readonly deliveryCounts: readonly number[];
  /** For each account how many more deliveries it may have pending; null if that was not counted. */
  readonly capacities: readonly (number | null)[];
  /** For each delivery its number, its webhook's number, and where it was stored; null if there are none. */
  readonly deliveryIds: readonly number[];
  readonly webhooks: readonly number[] | null;
  readonly placements: readonly number[] | null;
  /** For each event the copied properties of its user; null if no delivery is for the process's memory. */
  readonly properties: readonly (string | null)[] | null;
  /** The lease of the process has not expired. */
  readonly isMember: boolean;
}

/** Returned instead when cached rules were stale and nothing was published. Lists the affected accounts. */
interface StaleRulesRow {
  readonly states: null;
  readonly staleAccounts: readonly number[];
}

export interface PublishCaller {
  readonly now: number;
  /** The process whose memory may take deliveries; null for none. */
  readonly member: {
    readonly id: number;
    readonly capacity: { readonly count: number; readonly full: readonly number[] };
  } | null;
  /** The lock timeout in milliseconds; null for the connection's own. */
  readonly waitMs: number | null;
}

export interface PublishSettings {
  readonly schema: string;
  readonly accountRules: AccountRulesCache;
  readonly maxPending: number;
}

export interface AccountBatch {
  readonly keys: readonly string[];
  readonly accountIds: readonly number[];
  /** For each account whether its pending deliveries must be counted. */
  readonly needsCount: readonly boolean[];
}

/** The published events, each followed by the events that labels derived from it. */
export interface PublishCallResult {
  readonly row: PublishedRow;
  readonly prepared: PreparedEvents;
}

const MAX_RULES_RETRIES = 20;

/**
 * Calls `publish_events`, which inserts events, the events that labels derive from them, and their deliveries.
 * @throws HeronError `store_busy` if labels, conditions or user properties keep changing concurrently
 */
export async function callPublish(
  client: SqlClient,
  { schema, accountRules, maxPending }: PublishSettings,
  caller: PublishCaller,
  events: readonly NewEvent[],
  accounts: AccountBatch,
): Promise<PublishCallResult> {
  const idByAccount = new Map(accounts.keys.map((key, i) => [key, accounts.accountIds[i] as number]));
  for (let attemptNumber = 0; attemptNumber < MAX_RULES_RETRIES; attemptNumber++) {
    const prepared = await accountRules.prepare(
      client,
      events,
      (account) => idByAccount.get(account) as number,
    );
    const rulesVersions = accounts.accountIds.map((account) => accountRules.getVersion(account));
    const row = await call(client, schema, [
      ...toCallerParameters(caller),
      ...toEventParameters(prepared.events, accounts, maxPending),
      ...[
        rulesVersions,
        prepared.labelSource,
        prepared.excludedWebhooks,
        prepared.readsUser,
        prepared.expectedProperties,
      ],
    ]);
    if (row.states !== null) return { row, prepared };
    await accountRules.load(client, row.staleAccounts);
  }
  throw new HeronError(
    "store_busy",
    "Labels, conditions or user properties of this account changed concurrently; retry.",
    { cause: { code: CODE_CONCURRENT_CHANGE } },
  );
}

async function call(
  client: SqlClient,
  schema: string,
  values: unknown[],
): Promise<PublishedRow | StaleRulesRow> {
  const parameters = values.map((_, i) => `$${i + 1}`).join(",");
  const text = `select states, delivery_counts as "deliveryCounts", capacities, delivery_ids as "deliveryIds", webhooks, placements,
      properties, is_member as "isMember", stale_accounts as "staleAccounts"
    from ${schema}.publish_events(${parameters})`;
  const { rows } = await client.query(text, values);
  return rows[0] as PublishedRow | StaleRulesRow;
}

function toCallerParameters({ now, member, waitMs }: PublishCaller): readonly unknown[] {
  const { count, full } = member?.capacity ?? { count: 0, full: [] };
  return [now, waitMs, member?.id ?? null, count, full];
}

/** Parallel lists: see the parameters of `publish_events`. */
function toEventParameters(
  events: readonly NewEvent[],
  { keys, accountIds, needsCount }: AccountBatch,
  maxPending: number,
): unknown[] {
  const indexByAccount = new Map(keys.map((account, i) => [account, i]));
  const pairByTopicAndAccount = new Map<string, number>();
  const pairAccountIds: number[] = [];
  const patterns: string[] = [];
  const firstIndexById = new Map<string, number>();
  const duplicateOf: number[] = [];
  const pairIndexes = events.map(({ account, id, topic, idempotent }, i) => {
    const idempotencyKey = idempotent ? `${account}\n${id}` : null;
    duplicateOf.push(idempotencyKey === null ? 0 : (firstIndexById.get(idempotencyKey) ?? 0));
    if (idempotencyKey !== null) firstIndexById.set(idempotencyKey, i + 1);
    const key = `${topic}\n${account}`;
    let pair = pairByTopicAndAccount.get(key);
    if (pair === undefined) {
      pair = patterns.push(findSubscribedPatterns(topic).join(" "));
      pairAccountIds.push(accountIds[indexByAccount.get(account) as number] as number);
      pairByTopicAndAccount.set(key, pair);
    }
    return pair;
  });
  return [
    events.map(({ id }) => id),
    events.map(({ idempotent }) => idempotent),
    duplicateOf,
    events.map(({ topic }) => topic),
    events.map(({ body }) => body),
    events.map(({ user }) => user),
    events.map(({ webhook }) => webhook),
    events.map(({ traceparent }) => traceparent ?? null),
    events.map(({ account }) => (indexByAccount.get(account) as number) + 1),
    accountIds,
    needsCount,
    pairIndexes,
    pairAccountIds,
    patterns,
    maxPending,
  ];
}
