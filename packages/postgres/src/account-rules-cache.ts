import { HeronError } from "@heron-webhooks/core";
import type { LabelRecord, NewEvent, WebhookRecord } from "@heron-webhooks/engine";
import { isSubscribed, applyLabels, evaluateConditions, readsUser, EventView } from "@heron-webhooks/engine";
import type { SqlClient } from "./database.ts";

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
export interface PreparedEvents {
  readonly events: readonly NewEvent[];
  /** Of each event that was given its place among them, from 0; or why it is refused, and is not among them. */
  readonly indexByInput: readonly (number | HeronError)[];
  /** The place of the event that it was made of, from 1; 0 for one that was given. Null if nothing was made. */
  readonly labelSource: readonly number[] | null;
  /** The webhooks whose conditions do not hold, as text; null for none. Null if there are none at all. */
  readonly excludedWebhooks: readonly (string | null)[] | null;
  /** Whether the user's properties were looked at, and as what they were found. Null if nobody's were. */
  readonly readsUser: readonly boolean[] | null;
  readonly expectedProperties: readonly (string | null)[] | null;
}

const NO_RULES: AccountRules = { version: 0, labels: [], webhooks: [], readsUser: false };
const MAX_CACHED_ACCOUNTS = 1000;

/**
 * The labels and conditions of accounts, as this process knows them: the database compares their version, and the
 * properties that conditions were held against, with its own in the statement that publishes, so that it goes by what is
 * true then.
 */
export class AccountRulesCache {
  readonly #schema: string;
  readonly #cache = new Map<number, AccountRules>();

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** The version that is known of an account's. */
  getVersion(account: number): number {
    return this.#get(account).version;
  }

  async load(client: SqlClient, accounts: readonly number[]): Promise<void> {
    if (this.#cache.size + accounts.length > MAX_CACHED_ACCOUNTS) this.#cache.clear();
    for (const account of accounts) {
      // In one statement, which sees all of it was at one time.
      const { rows } = await client.query(
        `select rules as version, (select coalesce(json_agg(record order by name collate "C"), '[]') from ${this.#schema}.labels where account = a.id) as labels,
           (select coalesce(json_agg(json_build_object('id', id, 'record', record)), '[]') from ${this.#schema}.webhooks
             where account = a.id and conditional) as webhooks
         from ${this.#schema}.accounts a where id = $1`,
        [account],
      );
      this.#cache.set(account, toAccountRules(rows[0] as RulesRow));
    }
  }

  /** What the rules make of events, whose accounts have these numbers. */
  async prepare(
    client: SqlClient,
    events: readonly NewEvent[],
    getAccountId: (account: string) => number,
  ): Promise<PreparedEvents> {
    const rules = events.map((event) => (event.webhook === null ? this.#get(getAccountId(event.account)) : NO_RULES));
    if (rules.every((accountRules) => accountRules === NO_RULES))
      return { events, indexByInput: events.map((_, i) => i), labelSource: null, excludedWebhooks: null, readsUser: null, expectedProperties: null };
    const needsUser = rules.map((one, i) => one.readsUser && events[i]?.user !== null);
    const propertiesByUser = needsUser.includes(true)
      ? await this.#loadUsers(
          client,
          events.filter((_, i) => needsUser[i]),
          getAccountId,
        )
      : null;
    const preparedEvents: PreparedEvent[] = [];
    const indexByInput = events.map((event, i) => {
      const user = needsUser[i] === true ? (propertiesByUser?.get(toUserKey(event)) ?? null) : null;
      const preparedForEvent = prepareEvent(event, rules[i] as AccountRules, user, needsUser[i] === true);
      if (HeronError.is(preparedForEvent)) return preparedForEvent;
      preparedEvents.push(...preparedForEvent);
      return preparedEvents.length - preparedForEvent.length;
    });
    let sourceIndex = 0;
    return {
      indexByInput,
      events: preparedEvents.map(({ event }) => event),
      labelSource: preparedEvents.map(({ isDerived }, i) => {
        if (!isDerived) sourceIndex = i + 1;
        return isDerived ? sourceIndex : 0;
      }),
      excludedWebhooks: preparedEvents.map(({ excludedWebhooks }) => excludedWebhooks),
      readsUser: propertiesByUser === null ? null : preparedEvents.map(({ readsUser }) => readsUser),
      expectedProperties: propertiesByUser === null ? null : preparedEvents.map(({ user }) => user),
    };
  }

  #get(account: number): AccountRules {
    return this.#cache.get(account) ?? NO_RULES;
  }

  async #loadUsers(
    client: SqlClient,
    events: readonly NewEvent[],
    getAccountId: (account: string) => number,
  ): Promise<ReadonlyMap<string, string>> {
    const accountById = new Map(events.map(({ account }) => [getAccountId(account), account]));
    const { rows } = await client.query(
      `select account, key, properties from ${this.#schema}.users
       where (account, key) in (select * from unnest($1::int[], $2::text[]))`,
      [events.map(({ account }) => getAccountId(account)), events.map(({ user }) => user)],
    );
    return new Map(
      (rows as readonly UserRow[]).map(({ account, key, properties }) => [
        toUserKey({ account: accountById.get(account) as string, user: key }),
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

function toAccountRules(row: RulesRow): AccountRules {
  const labels = row.labels.map((record) => JSON.parse(record) as LabelRecord);
  const webhooks = row.webhooks.map(({ id, record }) => ({
    id,
    record: JSON.parse(record) as WebhookRecord,
  }));
  const conditionLists = [...labels.map(({ conditions }) => conditions), ...webhooks.map(({ record }) => record.conditions)];
  return { version: row.version, labels, webhooks, readsUser: conditionLists.some(readsUser) };
}

function toUserKey({ account, user }: Pick<NewEvent, "account" | "user">): string {
  return `${account}\n${user}`;
}

interface PreparedEvent {
  readonly event: NewEvent;
  readonly isDerived: boolean;
  readonly excludedWebhooks: string | null;
  readonly readsUser: boolean;
  readonly user: string | null;
}

function prepareEvent(
  event: NewEvent,
  rules: AccountRules,
  user: string | null,
  readsUser: boolean,
): readonly PreparedEvent[] | HeronError {
  const view = new EventView(event.body, user);
  const derivedEvents = applyLabels(event, view, rules.labels);
  if (HeronError.is(derivedEvents)) return derivedEvents;
  const findExcludedWebhooks = (one: NewEvent, view: EventView): string | null => {
    const ids = rules.webhooks
      .filter(
        ({ record: { topics, conditions } }) =>
          topics.some((pattern) => isSubscribed(pattern, one.topic)) && !evaluateConditions(view, conditions),
      )
      .map(({ id }) => id);
    return ids.length === 0 ? null : ids.join(" ");
  };
  return [
    { event, isDerived: false, excludedWebhooks: findExcludedWebhooks(event, view), readsUser, user },
    ...derivedEvents.map((one) => ({
      event: one.event,
      isMade: true,
      withheld: findExcludedWebhooks(one.event, one.view),
      read: readsUser,
      user,
    })),
  ];
}
