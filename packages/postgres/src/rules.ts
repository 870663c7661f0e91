import { HeronError } from "@heron-webhooks/core";
import type { LabelRecord, NewEvent, WebhookRecord } from "@heron-webhooks/engine";
import { isSubscribed, labeled, meets, readsUser, Subject } from "@heron-webhooks/engine";
import type { Queryable } from "./database.ts";

/** What decides about an account's events, beside patterns, as it was at a version of it. */
interface AccountRules {
  readonly version: number;
  readonly labels: readonly LabelRecord[];
  /** The webhooks that have conditions. */
  readonly webhooks: readonly ConditionalWebhook[];
  readonly readsUser: boolean;
}

interface ConditionalWebhook {
  readonly id: number;
  readonly record: Pick<WebhookRecord, "topics" | "when">;
}

/** Events with what labels made of them, each behind the one it was made of. Lists are parallel. */
export interface RuledEvents {
  readonly events: readonly NewEvent[];
  /** Of each event that was given its place among them, from 0; or why it is refused, and is not among them. */
  readonly given: readonly (number | HeronError)[];
  /** The place of the event that it was made of, from 1; 0 for one that was given. Null if nothing was made. */
  readonly raws: readonly number[] | null;
  /** The webhooks whose conditions do not hold, as text; null for none. Null if there are none at all. */
  readonly withheld: readonly (string | null)[] | null;
  /** Whether the user's properties were looked at, and as what they were found. Null if nobody's were. */
  readonly read: readonly boolean[] | null;
  readonly seen: readonly (string | null)[] | null;
}

const NONE: AccountRules = { version: 0, labels: [], webhooks: [], readsUser: false };
const MOST_KEPT = 1000;

/**
 * The labels and conditions of accounts, as this process knows them: the database compares their version, and the
 * properties that conditions were held against, with its own in the statement that publishes, so that it goes by what is
 * true then.
 */
export class Rules {
  readonly #schema: string;
  readonly #kept = new Map<number, AccountRules>();

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** The version that is known of an account's. */
  version(account: number): number {
    return this.#of(account).version;
  }

  async load(client: Queryable, accounts: readonly number[]): Promise<void> {
    if (this.#kept.size + accounts.length > MOST_KEPT) this.#kept.clear();
    for (const account of accounts) {
      // In one statement, which sees all of it as it was at one time.
      const { rows } = await client.query(
        `select rules as version, (select coalesce(json_agg(record order by name collate "C"), '[]') from ${this.#schema}.labels where account = a.id) as labels,
           (select coalesce(json_agg(json_build_object('id', id, 'record', record)), '[]') from ${this.#schema}.webhooks
             where account = a.id and conditional) as webhooks
         from ${this.#schema}.accounts a where id = $1`,
        [account],
      );
      this.#kept.set(account, rulesOf(rows[0] as RulesRow));
    }
  }

  /** What the rules make of events, whose accounts have these numbers. */
  async apply(
    client: Queryable,
    events: readonly NewEvent[],
    numberOf: (account: string) => number,
  ): Promise<RuledEvents> {
    const rules = events.map((event) => (event.webhook === null ? this.#of(numberOf(event.account)) : NONE));
    if (rules.every((one) => one === NONE))
      return { events, given: events.map((_, i) => i), raws: null, withheld: null, read: null, seen: null };
    const reads = rules.map((one, i) => one.readsUser && events[i]?.user !== null);
    const users = reads.includes(true)
      ? await this.#usersOf(
          client,
          events.filter((_, i) => reads[i]),
          numberOf,
        )
      : null;
    const all: Ruled[] = [];
    const given = events.map((event, i) => {
      const user = reads[i] === true ? (users?.get(nameOf(event)) ?? null) : null;
      const made = ruled(event, rules[i] as AccountRules, user, reads[i] === true);
      if (HeronError.is(made)) return made;
      all.push(...made);
      return all.length - made.length;
    });
    let raw = 0;
    return {
      given,
      events: all.map(({ event }) => event),
      raws: all.map(({ isMade }, i) => {
        if (!isMade) raw = i + 1;
        return isMade ? raw : 0;
      }),
      withheld: all.map(({ withheld }) => withheld),
      read: users === null ? null : all.map(({ read }) => read),
      seen: users === null ? null : all.map(({ user }) => user),
    };
  }

  #of(account: number): AccountRules {
    return this.#kept.get(account) ?? NONE;
  }

  async #usersOf(
    client: Queryable,
    events: readonly NewEvent[],
    numberOf: (account: string) => number,
  ): Promise<ReadonlyMap<string, string>> {
    const numbers = new Map(events.map(({ account }) => [numberOf(account), account]));
    const { rows } = await client.query(
      `select account, key, properties from ${this.#schema}.users
       where (account, key) in (select * from unnest($1::int[], $2::text[]))`,
      [events.map(({ account }) => numberOf(account)), events.map(({ user }) => user)],
    );
    return new Map(
      (rows as readonly UserRow[]).map(({ account, key, properties }) => [
        nameOf({ account: numbers.get(account) as string, user: key }),
        properties,
      ]),
    );
  }
}

interface RulesRow {
  readonly version: number;
  readonly labels: readonly string[];
  readonly webhooks: readonly { readonly id: number; readonly record: string }[];
}

interface UserRow {
  readonly account: number;
  readonly key: string;
  readonly properties: string;
}

function rulesOf(row: RulesRow): AccountRules {
  const labels = row.labels.map((record) => JSON.parse(record) as LabelRecord);
  const webhooks = row.webhooks.map(({ id, record }) => ({
    id,
    record: JSON.parse(record) as WebhookRecord,
  }));
  const lists = [...labels.map(({ when }) => when), ...webhooks.map(({ record }) => record.when)];
  return { version: row.version, labels, webhooks, readsUser: lists.some(readsUser) };
}

function nameOf({ account, user }: Pick<NewEvent, "account" | "user">): string {
  return `${account}\n${user}`;
}

interface Ruled {
  readonly event: NewEvent;
  readonly isMade: boolean;
  readonly withheld: string | null;
  readonly read: boolean;
  readonly user: string | null;
}

function ruled(
  event: NewEvent,
  rules: AccountRules,
  user: string | null,
  read: boolean,
): readonly Ruled[] | HeronError {
  const subject = new Subject(event.body, user);
  const made = labeled(event, subject, rules.labels);
  if (HeronError.is(made)) return made;
  const withheldOf = (one: NewEvent, of: Subject): string | null => {
    const ids = rules.webhooks
      .filter(
        ({ record: { topics, when } }) =>
          topics.some((pattern) => isSubscribed(pattern, one.topic)) && !meets(of, when),
      )
      .map(({ id }) => id);
    return ids.length === 0 ? null : ids.join(" ");
  };
  return [
    { event, isMade: false, withheld: withheldOf(event, subject), read, user },
    ...made.map((one) => ({
      event: one.event,
      isMade: true,
      withheld: withheldOf(one.event, one.subject),
      read,
      user,
    })),
  ];
}
