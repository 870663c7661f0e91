import { compileSchema, HeronError, isTopic, type JsonSchema } from "@heron-webhooks/core";
import { isReservedTopic } from "@heron-webhooks/engine";

/** A topic that an application offers. */
export interface TopicDescription<D = unknown> {
  /** What has happened, in a sentence for whoever subscribes. */
  readonly description?: string | undefined;
  /** The data of an example, which tests of a webhook send. */
  readonly example: D;
  /** The JSON Schema of its data: draft 2020-12, or draft-07 where `$schema` says so. */
  readonly schema?: JsonSchema | undefined;
}

/** The topics that an application offers, by name. */
export type Topics = Readonly<Record<string, TopicDescription>>;

/** The topics that may be emitted. */
export type TopicIn<T extends Topics> = keyof T & string;

/** The data of a topic, as its example has it. */
export type DataIn<T extends Topics, Name extends TopicIn<T>> =
  T[Name] extends TopicDescription<infer D> ? D : unknown;

/** What an application offers, looked at once. */
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
      'topics must be an object of topics, such as { "invoice.paid": { example: { amount: 12.5 } } }: leave it out if any may be emitted.',
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
          `${JSON.stringify(topic)} is not one of this sender's topics, which are ${[...checks.keys()].slice(0, 10).join(", ")}${checks.size > 10 ? " …" : ""}: add it to createSender({ topics }).`,
        );
      const problem = check(data);
      if (problem !== null)
        throw new HeronError(
          "schema_mismatch",
          `The data of ${topic} is not as its schema has it: ${problem}.`,
        );
    },
  };
}

function compileTopicCheck(topic: string, description: TopicDescription): (data: unknown) => string | null {
  if (!isTopic(topic) || isReservedTopic(topic))
    throw new HeronError(
      "topic_invalid",
      `topics has ${JSON.stringify(topic)}: a topic is 2 to 4 segments of a-z, 0-9 and _ joined by dots, such as "invoice.paid", and does not begin with webhook or label, which are the sender's own.`,
    );
  if (!isObject(description) || !("example" in description))
    throw new HeronError(
      "option_invalid",
      `topics["${topic}"] must be an object with an example, the data that a test of a webhook sends: { example: … }, where null is one too.`,
    );
  const { example, schema } = description;
  if (schema === undefined) return () => null;
  const validate = compileSchema(`topics["${topic}"].schema`, schema);
  const problem = validate(example);
  if (problem !== null)
    throw new HeronError(
      "option_invalid",
      `topics["${topic}"].example is not as its schema has it: ${problem}.`,
    );
  return validate;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
