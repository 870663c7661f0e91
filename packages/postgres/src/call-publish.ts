import { HeronError } from "@heron-webhooks/core";
import type { NewEvent } from "@heron-webhooks/engine";
import { findSubscribedPatterns } from "@heron-webhooks/engine";
import type { SqlClient } from "./database.ts";
import { CODE_CONCURRENT_CHANGE } from "./database-errors.ts";
import type { PreparedEvents, AccountRulesCache } from "./account-rules-cache.ts";

/** What the function `publish` says. */
export interface PublishedRow {
  /** Of each event what became of it, and how many deliveries it has. */
  readonly states: readonly number[];
  readonly deliveryCounts: readonly number[];
  /** Of each account how many more it may have pending, where it was counted. */
  readonly capacities: readonly (number | null)[];
  /** Of each delivery its number, its webhook's, and where it is; null if there are none. */
  readonly deliveryIds: readonly number[];
  readonly webhooks: readonly number[] | null;
  readonly placements: readonly number[] | null;
  /** Of each event its user's properties as they were copied; null if nothing is for the memory. */
  readonly properties: readonly (string | null)[] | null;
  /** The worker has not been buried. */
  readonly isMember: boolean;
}

/** What is said instead if nothing was published: it went by rules that are no more, those of these accounts. */
interface StaleRulesRow {
  readonly states: null;
  readonly staleAccounts: readonly number[];
}

/** Who publishes, and on which terms. */
export interface PublishCaller {
  readonly now: number;
  /** Whose memory takes in what there is room for; null for nobody's. */
  readonly member: {
    readonly id: number;
    readonly capacity: { readonly count: number; readonly full: readonly number[] };
  } | null;
  /** For how long another transaction's end is waited for, in milliseconds; null for as long as the connection has it. */
  readonly waitMs: number | null;
}

/** What every call has in common. */
export interface PublishSettings {
  readonly schema: string;
  readonly accountRules: AccountRulesCache;
  readonly maxPending: number;
}

export interface AccountBatch {
  readonly keys: readonly string[];
  readonly accountIds: readonly number[];
  /** Whether what is pending of each must be counted. */
  readonly needsCount: readonly boolean[];
}

/** What was published: what was given, and behind each what labels made of it. */
export interface PublishCallResult {
  readonly row: PublishedRow;
  readonly prepared: PreparedEvents;
}

const MAX_RULES_RETRIES = 20;

/**
 * Runs the function `publish`, which puts down events with their deliveries, and with what labels make of them.
 * @throws HeronError `store_busy` if labels, conditions, or properties that these read change all the time
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
    const prepared = await accountRules.prepare(client, events, (account) => idByAccount.get(account) as number);
    const rulesVersions = accounts.accountIds.map((account) => accountRules.getVersion(account));
    const row = await call(client, schema, [
      ...toCallerParameters(caller),
      ...toEventParameters(prepared.events, accounts, maxPending),
      ...[rulesVersions, prepared.labelSource, prepared.excludedWebhooks, prepared.readsUser, prepared.expectedProperties],
    ]);
    if (row.states !== null) return { row, prepared };
    await accountRules.load(client, row.staleAccounts);
  }
  throw new HeronError(
    "store_busy",
    "What the account's labels and conditions read is being changed by many at once: try again.",
    { cause: { code: CODE_CONCURRENT_CHANGE } },
  );
}

async function call(client: SqlClient, schema: string, values: unknown[]): Promise<PublishedRow | StaleRulesRow> {
  const text = `select * from ${schema}.publish(${values.map((_, i) => `$${i + 1}`).join(",")})`;
  const { rows } = await client.query(text, values);
  return rows[0] as PublishedRow | StaleRulesRow;
}

function toCallerParameters({ now, member, waitMs }: PublishCaller): readonly unknown[] {
  const { count, full } = member?.capacity ?? { count: 0, full: [] };
  return [now, waitMs, member?.id ?? null, count, full];
}

/** Lists that are parallel: see the function. */
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
