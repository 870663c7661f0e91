import { HeronError, isTopic, type JsonSchema } from "@heron-webhooks/core";
import { compileSchema } from "@heron-webhooks/core/internal";
import { isReservedTopic } from "@heron-webhooks/engine";

/** A topic that an application offers. */
export interface TopicDescription<D = unknown> {
  /** What has happened, in a sentence for subscribers. */
  readonly description?: string | undefined;
  /** Example data, used by test events and previews. */
  readonly example: D;
  /** The JSON Schema of its data: draft 2020-12, or draft-07 if `$schema` says so. */
  readonly schema?: JsonSchema | undefined;
}

/** The topics that an application offers, by name. */
export type Topics = Readonly<Record<string, TopicDescription>>;

/** The topics that may be emitted. */
export type TopicIn<T extends Topics> = keyof T & string;

/** The type of a topic's data, inferred from its example. */
export type DataIn<T extends Topics, Name extends TopicIn<T>> =
  T[Name] extends TopicDescription<infer D> ? D : unknown;

/** The validated catalogue of topics. */
export interface Catalogue {
  /** Null if any topic may be emitted. */
  readonly topics: Topics | null;
  has(topic: string): boolean;
  /** @throws HeronError `topic_unknown`, `schema_mismatch` */
  check(topic: string, data: unknown): void;
}

/** @throws HeronError `topic_invalid`, `option_invalid` */
export function createCatalogue(topics: Topics | undefined): Catalogue {
  if (topics === undefined) return { topics: null, has: () => false, check() {} };
  if (!isObject(topics))
    throw new HeronError(
      "option_invalid",
      'topics must be an object of topics, such as { "invoice.paid": { example: { amount: 12.5 } } }. Leave it out to allow any topic.',
    );
  const checks = new Map(
    Object.entries(topics).map(([topic, description]) => [topic, compileTopicCheck(topic, description)]),
  );
  return {
    topics,
    has: (topic) => checks.has(topic),
    check(topic, data) {
      const check = checks.get(topic);
      if (check === undefined)
        throw new HeronError(
          "topic_unknown",
          `${JSON.stringify(topic)} is not one of this sender's topics: ${[...checks.keys()].slice(0, 10).join(", ")}${checks.size > 10 ? " …" : ""}. Add it to createSender({ topics }).`,
        );
      const problem = check(data);
      if (problem !== null)
        throw new HeronError(
          "schema_mismatch",
          `The data of ${topic} does not match its schema: ${problem}.`,
        );
    },
  };
}

function compileTopicCheck(topic: string, description: TopicDescription): (data: unknown) => string | null {
  if (!isTopic(topic) || isReservedTopic(topic))
    throw new HeronError(
      "topic_invalid",
      `Invalid topic ${JSON.stringify(topic)} in topics. A topic has 2 to 4 segments of a-z, 0-9 and _ joined by dots, such as "invoice.paid"; the prefixes webhook and label are reserved.`,
    );
  if (!isObject(description) || !("example" in description))
    throw new HeronError(
      "option_invalid",
      `topics["${topic}"] must be an object with an example, the data of test events: { example: … }. The example may be null.`,
    );
  const { example, schema } = description;
  if (schema === undefined) return () => null;
  const validate = compileSchema(`topics["${topic}"].schema`, schema);
  const problem = validate(example);
  if (problem !== null)
    throw new HeronError(
      "option_invalid",
      `topics["${topic}"].example does not match its schema: ${problem}.`,
    );
  return validate;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
