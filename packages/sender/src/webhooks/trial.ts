import { randomBytes } from "node:crypto";
import { classify, createEvent, eventText, HeronError, isTopic, type Outcome } from "@heron-webhooks/core";
import type { LabelRecord, WebhookRecord } from "@heron-webhooks/engine";
import { isOwnTopic, isSubscribed, labelTopic } from "@heron-webhooks/engine";
import type { Transport } from "../engine/attempt.ts";
import { readyFor } from "../engine/outgoing.ts";
import type { Topics } from "../topics/catalogue.ts";

/** What came of a test. */
export interface TestResult {
  /** Whether an event would have been delivered. */
  readonly ok: boolean;
  readonly outcome: Outcome["kind"];
  /** Why it would not have been; null if it was. */
  readonly reason: string | null;
  readonly status: number | null;
  /** The beginning of the answer's body; null if there was none. */
  readonly answer: string | null;
  readonly ms: number;
  /** What was sent; the body is null if it could not be made. */
  readonly topic: string;
  readonly body: string | null;
}

/**
 * Sends an example to a webhook, marked `meta.test`, once; nothing is recorded of it.
 * @throws HeronError `topic_invalid`, `topic_unknown`
 */
export async function tryOut(
  record: WebhookRecord,
  wanted: string | undefined,
  examples: Examples,
  transport: Transport,
  now: number,
): Promise<TestResult> {
  const { topic, event } = exampleFor(record, wanted, examples, now);
  const began = performance.now();
  const { body, answer } = await attempt(record, event, transport, now);
  const outcome = classify(answer, { format: record.format === "heron" ? "heron" : "slack" });
  return {
    ok: outcome.kind === "delivered",
    outcome: outcome.kind,
    reason: outcome.kind === "delivered" ? null : outcome.reason,
    status: answer instanceof Error ? null : answer.status,
    answer: answer instanceof Error ? null : answer.body,
    ms: Math.round(performance.now() - began),
    topic,
    body,
  };
}

/** What examples are taken from: the application's topics, null if there are none, and the account's labels. */
export interface Examples {
  readonly topics: Topics | null;
  readonly labels: readonly LabelRecord[];
}

/**
 * The example of a topic as an event, marked `meta.test`.
 * @throws HeronError `topic_invalid`, `topic_unknown`
 */
export function exampleFor(
  record: WebhookRecord,
  wanted: string | undefined,
  examples: Examples,
  now: number,
): { readonly topic: string; readonly event: string } {
  const topic = topicFor(record, wanted, examples);
  const offered = examples.topics?.[rawTopic(topic, examples)];
  const data = offered === undefined ? { test: true } : offered.example;
  const id = `evt_test_${randomBytes(8).toString("hex")}`;
  const event = createEvent({ topic, data, meta: { test: true }, created: new Date(now), id });
  return { topic, event: eventText(event) };
}

async function attempt(
  record: WebhookRecord,
  event: string,
  transport: Transport,
  now: number,
): Promise<{ readonly body: string | null; readonly answer: Awaited<ReturnType<Transport["attempt"]>> }> {
  try {
    const delivery = `dlv_test_${randomBytes(8).toString("hex")}`;
    const request = readyFor(record).request({ delivery, body: event, user: null }, now);
    return { body: Buffer.from(request.body).toString("utf8"), answer: await transport.attempt(request) };
  } catch (error) {
    return { body: null, answer: error as Error };
  }
}

/** The topic whose example stands for it: for a label's, the first that the label names. */
function rawTopic(topic: string, { topics, labels }: Examples): string {
  const label = labels.find(({ name }) => labelTopic(name) === topic);
  if (label === undefined) return topic;
  return Object.keys(topics ?? {}).find((offered) => isSubscribed(label.pattern, offered)) ?? topic;
}

/**
 * The topic that was asked for; else the first of the catalogue, or of a label, that the webhook gets, or that one of its
 * patterns is.
 */
function topicFor(
  { topics: patterns }: WebhookRecord,
  wanted: string | undefined,
  { topics, labels }: Examples,
): string {
  const offered = Object.keys(topics ?? {});
  if (wanted === undefined) {
    const gets = (topic: string): boolean => patterns.some((pattern) => isSubscribed(pattern, topic));
    const all = [...offered, ...labels.map(({ name }) => labelTopic(name))];
    return all.find(gets) ?? patterns.find(isTopic) ?? "webhook.test";
  }
  if (!isTopic(wanted))
    throw new HeronError(
      "topic_invalid",
      `${JSON.stringify(wanted)} is not a topic: write one such as "invoice.paid".`,
    );
  if (topics !== null && !offered.includes(wanted) && !isOwnTopic(wanted))
    throw new HeronError("topic_unknown", `${wanted} is not one of this sender's topics.`);
  return wanted;
}
