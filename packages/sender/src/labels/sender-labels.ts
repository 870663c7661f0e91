import { HeronError, isPattern, isTopic } from "@heron-webhooks/core";
import type { LabelChange, LabelRecord, Store } from "@heron-webhooks/engine";
import {
  type Condition,
  checkNames,
  conditionsOf,
  isOwnTopic,
  labelTopic,
  MOST_LABELS,
} from "@heron-webhooks/engine";
import { checkAccount } from "../accounts.ts";

/** A name for raw events: what its pattern names and its conditions hold of is an event of its topic, too. */
export interface Label extends LabelRecord {
  /** `label.<name>`, which a webhook asks for by it or by `label.*`. */
  readonly topic: string;
}

/** What may be changed of a label. */
export interface LabelChanges {
  readonly pattern?: string | undefined;
  /** All of them must hold. Default: none. */
  readonly when?: readonly Condition[] | undefined;
  /** At most 1,000 characters. */
  readonly description?: string | undefined;
}

/** What a label is made from. */
export interface LabelInput extends LabelChanges {
  /** `a-z`, `0-9` and `_`, at most 64 characters. */
  readonly name: string;
  /** Which events it names; none of the sender's own, `label.*` and `webhook.*`. */
  readonly pattern: string;
}

export interface LabelOptions {
  /** Whose it is. Default `"default"`. */
  readonly account?: string | undefined;
}

/** The labels of accounts, of 100 each at the most. What is emitted from then on goes by them. */
export interface SenderLabels {
  /** @throws HeronError `label_invalid`, `label_exists`, `pattern_invalid`, `condition_invalid`, `limit_reached` */
  create(input: LabelInput, options?: LabelOptions): Promise<Label>;
  /** @throws HeronError `label_not_found` */
  get(name: string, options?: LabelOptions): Promise<Label>;
  /** By name. */
  list(options?: LabelOptions): Promise<readonly Label[]>;
  /** Changes what is given. @throws HeronError `label_not_found`, and as `create` does */
  update(name: string, changes: LabelChanges, options?: LabelOptions): Promise<Label>;
  /** @throws HeronError `label_not_found` */
  remove(name: string, options?: LabelOptions): Promise<void>;
}

const NAME = /^[a-z0-9_]{1,64}$/;
const LONGEST_DESCRIPTION = 1000;

const CHANGES: Readonly<Record<keyof LabelChanges, true>> = { pattern: true, when: true, description: true };
const INPUT: Readonly<Record<keyof LabelInput, true>> = { ...CHANGES, name: true };

/** The labels in a store; `now` is in milliseconds since 1970. */
export function senderLabels({ labels }: Store, now: () => number): SenderLabels {
  return {
    async create(input, options = {}) {
      const account = accountOf("create", options);
      checkNames("labels.create", input, INPUT);
      const { name, pattern, ...changes } = input;
      if (typeof name !== "string" || !NAME.test(name) || !isTopic(labelTopic(name)))
        throw new HeronError(
          "label_invalid",
          "name must be 1 to 64 characters of a-z, 0-9 and _, such as big_invoice: its events have the topic label.big_invoice.",
        );
      const blank = { account, name, pattern: "", when: [], description: "", created: now() };
      const label: LabelRecord = { ...blank, ...checked({ pattern: String(pattern), ...changes }) };
      await labels.create(label, MOST_LABELS);
      return labelFrom(label);
    },
    async get(name, options = {}) {
      const all = await labels.list(accountOf("get", options));
      const label = all.find((one) => one.name === name);
      if (label === undefined) throw notFound(name);
      return labelFrom(label);
    },
    async list(options = {}) {
      return (await labels.list(accountOf("list", options))).map(labelFrom);
    },
    async update(name, changes, options = {}) {
      const account = accountOf("update", options);
      checkNames("labels.update", changes, CHANGES);
      const change = checked(changes);
      const label = NAME.test(name) ? await labels.update(account, name, change) : null;
      if (label === null) throw notFound(name);
      return labelFrom(label);
    },
    async remove(name, options = {}) {
      const account = accountOf("remove", options);
      // No store is asked for what none can have.
      if (!NAME.test(name) || !(await labels.remove(account, name))) throw notFound(name);
    },
  };
}

function accountOf(what: string, options: LabelOptions): string {
  checkNames(`labels.${what}`, options, { account: true });
  const { account = "default" } = options;
  checkAccount(account);
  return account;
}

function labelFrom(label: LabelRecord): Label {
  return { ...label, topic: labelTopic(label.name) };
}

/** What is given of these, if it can be kept. */
function checked({ pattern, when, description }: LabelChanges): LabelChange {
  if (pattern !== undefined) checkPattern(pattern);
  if (description !== undefined && !isDescription(description))
    throw new HeronError(
      "option_invalid",
      `description must be text of at most ${LONGEST_DESCRIPTION} characters.`,
    );
  return {
    ...(pattern === undefined ? {} : { pattern }),
    ...(when === undefined ? {} : { when: conditionsOf(when) }),
    ...(description === undefined ? {} : { description }),
  };
}

function isDescription(given: unknown): boolean {
  return typeof given === "string" && given.length <= LONGEST_DESCRIPTION && given.isWellFormed();
}

function checkPattern(pattern: string): void {
  if (typeof pattern !== "string" || !isPattern(pattern))
    throw new HeronError(
      "pattern_invalid",
      `${JSON.stringify(pattern)} is not a pattern: write "invoice.paid", "invoice.*", "*.failed" or "**".`,
    );
  if (isOwnTopic(pattern))
    throw new HeronError(
      "pattern_invalid",
      `${pattern} names events of the sender's own, which have no labels: else one label could feed itself.`,
    );
}

function notFound(name: string): HeronError {
  return new HeronError("label_not_found", `There is no label ${JSON.stringify(name)}.`);
}
