import { HeronError } from "@heron-webhooks/core";
import type { LabelRecord, NewEvent, WebhookRecord } from "@heron-webhooks/engine";
import { applyLabels, EventView, evaluateConditions, isSubscribed, readsUser } from "@heron-webhooks/engine";
import type { SqlClient } from "./database.ts";

/** The labels and conditions of an account at one version. */
interface AccountRules {
  readonly version: number;
  readonly labels: readonly LabelRecord[];
  /** The webhooks that have conditions. */
  readonly webhooks: readonly ConditionalWebhook[];
  readonly readsUser: boolean;
}

interface ConditionalWebhook {
  readonly id: number;
  readonly record: Pick<WebhookRecord, "topics" | "conditions">;
}

/** Events, each followed by the events that labels derived from it. The lists are parallel. */
export interface PreparedEvents {
  readonly events: readonly NewEvent[];
  /** For each input event its index in `events`, or the error if it was rejected. */
  readonly indexByInput: readonly (number | HeronError)[];
  /** For each event the position, from 1, of the event it was derived from; 0 for an input event. Null without rules. */
  readonly labelSource: readonly number[] | null;
  /** For each event the webhooks whose conditions do not match, as text; null for none. Null without rules. */
  readonly excludedWebhooks: readonly (string | null)[] | null;
  /** Whether conditions read the user's properties, and the properties as they were read. Null if no user was read. */
  readonly readsUser: readonly boolean[] | null;
  readonly expectedProperties: readonly (string | null)[] | null;
}

const NO_RULES: AccountRules = { version: 0, labels: [], webhooks: [], readsUser: false };
const MAX_CACHED_ACCOUNTS = 1000;

/**
 * Caches the labels and conditions of accounts. The statement that publishes compares their version, and the user properties
 * that conditions read, with the current ones, so stale rules are never applied.
 */
export class AccountRulesCache {
  readonly #schema: string;
  readonly #cache = new Map<number, AccountRules>();

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** The version of the cached rules of an account. */
  getVersion(account: number): number {
    return this.#get(account).version;
  }

  async load(client: SqlClient, accounts: readonly number[]): Promise<void> {
    if (this.#cache.size + accounts.length > MAX_CACHED_ACCOUNTS) this.#cache.clear();
    for (const account of accounts) {
      // One statement reads one snapshot: version, labels and conditions belong together.
      const { rows } = await client.query(
        `select rules_version as version, (select coalesce(json_agg(record order by name collate "C"), '[]') from ${this.#schema}.labels where account = a.id) as labels,
           (select coalesce(json_agg(json_build_object('id', id, 'record', record)), '[]') from ${this.#schema}.webhooks
             where account = a.id and has_conditions) as webhooks
         from ${this.#schema}.accounts a where id = $1`,
        [account],
      );
      this.#cache.set(account, toAccountRules(rows[0] as RulesRow));
    }
  }

  /** Applies the rules of their accounts to events. */
  async prepare(
    client: SqlClient,
    events: readonly NewEvent[],
    getAccountId: (account: string) => number,
  ): Promise<PreparedEvents> {
    const rules = events.map((event) =>
      event.webhook === null ? this.#get(getAccountId(event.account)) : NO_RULES,
    );
    if (rules.every((accountRules) => accountRules === NO_RULES))
      return {
        events,
        indexByInput: events.map((_, i) => i),
        labelSource: null,
        excludedWebhooks: null,
        readsUser: null,
        expectedProperties: null,
      };
    const needsUser = rules.map((accountRules, i) => accountRules.readsUser && events[i]?.user !== null);
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
      `select account, external_id as "externalId", properties from ${this.#schema}.users
       where (account, external_id) in (select * from unnest($1::int[], $2::text[]))`,
      [events.map(({ account }) => getAccountId(account)), events.map(({ user }) => user)],
    );
    return new Map(
      (rows as readonly UserRow[]).map(({ account, externalId, properties }) => [
        toUserKey({ account: accountById.get(account) as string, user: externalId }),
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
  readonly externalId: string;
  readonly properties: string;
}

function toAccountRules(row: RulesRow): AccountRules {
  const labels = row.labels.map((record) => JSON.parse(record) as LabelRecord);
  const webhooks = row.webhooks.map(({ id, record }) => ({
    id,
    record: JSON.parse(record) as WebhookRecord,
  }));
  const conditionLists = [
    ...labels.map(({ conditions }) => conditions),
    ...webhooks.map(({ record }) => record.conditions),
  ];
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
  const findExcludedWebhooks = ({ topic }: NewEvent, view: EventView): string | null => {
    const ids = rules.webhooks
      .filter(
        ({ record: { topics, conditions } }) =>
          topics.some((pattern) => isSubscribed(pattern, topic)) && !evaluateConditions(view, conditions),
      )
      .map(({ id }) => id);
    return ids.length === 0 ? null : ids.join(" ");
  };
  return [
    { event, isDerived: false, excludedWebhooks: findExcludedWebhooks(event, view), readsUser, user },
    ...derivedEvents.map((derived) => ({
      event: derived.event,
      isDerived: true,
      excludedWebhooks: findExcludedWebhooks(derived.event, derived.view),
      readsUser,
      user,
    })),
  ];
}
