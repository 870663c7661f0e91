import { HeronError } from "@heron-webhooks/core";
import type { NewEvent } from "@heron-webhooks/engine";
import { subscribedPatterns } from "@heron-webhooks/engine";
import type { Queryable } from "./database.ts";
import { STALE } from "./failure.ts";
import type { RuledEvents, Rules } from "./rules.ts";

/** What the function `publish` says. */
export interface PublishedRow {
  /** Of each event what became of it, and how many deliveries it has. */
  readonly states: readonly number[];
  readonly made: readonly number[];
  /** Of each account how many more it may have pending, where it was counted. */
  readonly rooms: readonly (number | null)[];
  /** Of each delivery its number, its webhook's, and where it is; null if there are none. */
  readonly ids: readonly number[];
  readonly webhooks: readonly number[] | null;
  readonly births: readonly number[] | null;
  /** Of each event its user's properties as they were copied; null if nothing is for the memory. */
  readonly properties: readonly (string | null)[] | null;
  /** The worker has not been buried. */
  readonly alive: boolean;
}

/** What is said instead if nothing was published: it went by rules that are no more, those of these accounts. */
interface StaleRow {
  readonly states: null;
  readonly stale: readonly number[];
}

/** Who publishes, and on which terms. */
export interface Publisher {
  readonly now: number;
  /** Whose memory takes in what there is room for; null for nobody's. */
  readonly worker: {
    readonly id: number;
    readonly room: { readonly count: number; readonly full: readonly number[] };
  } | null;
  /** For how long another transaction's end is waited for, in milliseconds; null for as long as the connection has it. */
  readonly waitMs: number | null;
}

/** What every call has in common. */
export interface PublishTerms {
  readonly schema: string;
  readonly rules: Rules;
  readonly maxPending: number;
}

export interface Accounts {
  readonly keys: readonly string[];
  readonly numbers: readonly number[];
  /** Whether what is pending of each must be counted. */
  readonly counted: readonly boolean[];
}

/** What was published: what was given, and behind each what labels made of it. */
export interface Called {
  readonly row: PublishedRow;
  readonly ruled: RuledEvents;
}

const MOST_TRIES = 20;

/**
 * Runs the function `publish`, which puts down events with their deliveries, and with what labels make of them.
 * @throws HeronError `store_busy` if labels, conditions, or properties that these read change all the time
 */
export async function callPublish(
  client: Queryable,
  { schema, rules, maxPending }: PublishTerms,
  publisher: Publisher,
  events: readonly NewEvent[],
  accounts: Accounts,
): Promise<Called> {
  const numbers = new Map(accounts.keys.map((key, i) => [key, accounts.numbers[i] as number]));
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const ruled = await rules.apply(client, events, (account) => numbers.get(account) as number);
    const versions = accounts.numbers.map((account) => rules.version(account));
    const row = await call(client, schema, [
      ...publisherValues(publisher),
      ...valuesOf(ruled.events, accounts, maxPending),
      ...[versions, ruled.raws, ruled.withheld, ruled.read, ruled.seen],
    ]);
    if (row.states !== null) return { row, ruled };
    await rules.load(client, row.stale);
  }
  throw new HeronError(
    "store_busy",
    "What the account's labels and conditions read is being changed by many at once: try again.",
    { cause: { code: STALE } },
  );
}

async function call(client: Queryable, schema: string, values: unknown[]): Promise<PublishedRow | StaleRow> {
  const text = `select * from ${schema}.publish(${values.map((_, i) => `$${i + 1}`).join(",")})`;
  const { rows } = await client.query(text, values);
  return rows[0] as PublishedRow | StaleRow;
}

function publisherValues({ now, worker, waitMs }: Publisher): readonly unknown[] {
  const { count, full } = worker?.room ?? { count: 0, full: [] };
  return [now, waitMs, worker?.id ?? null, count, full];
}

/** Lists that are parallel: see the function. */
function valuesOf(
  events: readonly NewEvent[],
  { keys, numbers, counted }: Accounts,
  maxPending: number,
): unknown[] {
  const places = new Map(keys.map((account, i) => [account, i]));
  const pairs = new Map<string, number>();
  const pairAccounts: number[] = [];
  const patterns: string[] = [];
  const twins = new Map<string, number>();
  const twinOf: number[] = [];
  const pairOf = events.map(({ account, id, topic, idempotent }, i) => {
    const same = idempotent ? `${account}\n${id}` : null;
    twinOf.push(same === null ? 0 : (twins.get(same) ?? 0));
    if (same !== null) twins.set(same, i + 1);
    const key = `${topic}\n${account}`;
    let pair = pairs.get(key);
    if (pair === undefined) {
      pair = patterns.push(subscribedPatterns(topic).join(" "));
      pairAccounts.push(numbers[places.get(account) as number] as number);
      pairs.set(key, pair);
    }
    return pair;
  });
  return [
    events.map(({ id }) => id),
    events.map(({ idempotent }) => idempotent),
    twinOf,
    events.map(({ topic }) => topic),
    events.map(({ body }) => body),
    events.map(({ user }) => user),
    events.map(({ webhook }) => webhook),
    events.map(({ traceparent }) => traceparent ?? null),
    events.map(({ account }) => (places.get(account) as number) + 1),
    numbers,
    counted,
    pairOf,
    pairAccounts,
    patterns,
    maxPending,
  ];
}
