import { HeronError, isPattern, isTopic } from "@heron-webhooks/core";
import type { LabelPatch, LabelRecord, Store } from "@heron-webhooks/engine";
import {
  assertKnownKeys,
  type Condition,
  isReservedTopic,
  MAX_LABELS,
  parseConditions,
  toLabelTopic,
} from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";

/** A label derives an event with its own topic from each event that matches its pattern and conditions. */
export interface Label extends LabelRecord {
  /** `label.<name>`. Webhooks subscribe to it, or to `label.*`. */
  readonly topic: string;
}

/** The fields of a label that can be updated. */
export interface LabelUpdate {
  readonly pattern?: string | undefined;
  /** Conditions, all of which events must meet. Default: none. */
  readonly conditions?: readonly Condition[] | undefined;
  /** At most 1,000 characters. */
  readonly description?: string | undefined;
}

export interface LabelInput extends LabelUpdate {
  /** `a-z`, `0-9` and `_`, at most 64 characters. */
  readonly name: string;
  /** The pattern of the events that it labels. `label.*` and `webhook.*` are reserved. */
  readonly pattern: string;
}

export interface LabelOptions {
  /** The account that owns the label. Default `"default"`. */
  readonly account?: string | undefined;
}

/** The labels of accounts, at most 100 each. Changes apply to events emitted afterwards. */
export interface SenderLabels {
  /** @throws HeronError `label_invalid`, `label_exists`, `pattern_invalid`, `condition_invalid`, `limit_reached` */
  create(input: LabelInput, options?: LabelOptions): Promise<Label>;
  /** @throws HeronError `label_not_found` */
  get(name: string, options?: LabelOptions): Promise<Label>;
  /** Sorted by name. */
  list(options?: LabelOptions): Promise<readonly Label[]>;
  /**
   * Updates the given fields.
   * @throws HeronError `label_not_found`, and as `create` does
   */
  update(name: string, update: LabelUpdate, options?: LabelOptions): Promise<Label>;
  /** @throws HeronError `label_not_found` */
  delete(name: string, options?: LabelOptions): Promise<void>;
}

const NAME_PATTERN = /^[a-z0-9_]{1,64}$/;
const MAX_DESCRIPTION_LENGTH = 1000;

const UPDATE_KEYS: Readonly<Record<keyof LabelUpdate, true>> = {
  pattern: true,
  conditions: true,
  description: true,
};
const INPUT_KEYS: Readonly<Record<keyof LabelInput, true>> = { ...UPDATE_KEYS, name: true };

/** `now` is in milliseconds since 1970. */
export function createSenderLabels({ labels }: Store, now: () => number): SenderLabels {
  return {
    async create(input, options = {}) {
      const account = parseAccount("create", options);
      assertKnownKeys("labels.create", input, INPUT_KEYS);
      const { name, pattern, ...changes } = input;
      if (typeof name !== "string" || !NAME_PATTERN.test(name) || !isTopic(toLabelTopic(name)))
        throw new HeronError(
          "label_invalid",
          "name must be 1 to 64 characters of a-z, 0-9 and _, such as big_invoice. Its events have the topic label.big_invoice.",
        );
      const defaults = { account, name, pattern: "", conditions: [], description: "", createdAt: now() };
      const label: LabelRecord = { ...defaults, ...parseUpdate({ pattern: String(pattern), ...changes }) };
      await labels.create(label, MAX_LABELS);
      return toLabel(label);
    },
    async get(name, options = {}) {
      const accountLabels = await labels.list(parseAccount("get", options));
      const label = accountLabels.find((candidate) => candidate.name === name);
      if (label === undefined) throw createNotFoundError(name);
      return toLabel(label);
    },
    async list(options = {}) {
      return (await labels.list(parseAccount("list", options))).map(toLabel);
    },
    async update(name, changes, options = {}) {
      const account = parseAccount("update", options);
      assertKnownKeys("labels.update", changes, UPDATE_KEYS);
      const change = parseUpdate(changes);
      const label = NAME_PATTERN.test(name) ? await labels.update(account, name, change) : null;
      if (label === null) throw createNotFoundError(name);
      return toLabel(label);
    },
    async delete(name, options = {}) {
      const account = parseAccount("delete", options);
      if (!NAME_PATTERN.test(name) || !(await labels.delete(account, name))) throw createNotFoundError(name);
    },
  };
}

function parseAccount(method: string, options: LabelOptions): string {
  assertKnownKeys(`labels.${method}`, options, { account: true });
  const { account = "default" } = options;
  assertAccount(account);
  return account;
}

function toLabel(label: LabelRecord): Label {
  return { ...label, topic: toLabelTopic(label.name) };
}

/** Validates the given fields. */
function parseUpdate({ pattern, conditions, description }: LabelUpdate): LabelPatch {
  if (pattern !== undefined) assertPattern(pattern);
  if (description !== undefined && !isValidDescription(description))
    throw new HeronError(
      "option_invalid",
      `description must be text of at most ${MAX_DESCRIPTION_LENGTH} characters.`,
    );
  return {
    ...(pattern === undefined ? {} : { pattern }),
    ...(conditions === undefined ? {} : { conditions: parseConditions(conditions) }),
    ...(description === undefined ? {} : { description }),
  };
}

function isValidDescription(value: unknown): boolean {
  return typeof value === "string" && value.length <= MAX_DESCRIPTION_LENGTH && value.isWellFormed();
}

function assertPattern(pattern: string): void {
  if (typeof pattern !== "string" || !isPattern(pattern))
    throw new HeronError(
      "pattern_invalid",
      `${JSON.stringify(pattern)} is not a pattern: write "invoice.paid", "invoice.*", "*.failed" or "**".`,
    );
  if (isReservedTopic(pattern))
    throw new HeronError("pattern_invalid", `${pattern} matches reserved topics, which cannot have labels.`);
}

function createNotFoundError(name: string): HeronError {
  return new HeronError("label_not_found", `There is no label ${JSON.stringify(name)}.`);
}
