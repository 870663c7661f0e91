import { randomBytes } from "node:crypto";
import {
  classifyResponse,
  createEvent,
  HeronError,
  isTopic,
  type Outcome,
  stringifyEvent,
} from "@heron-webhooks/core";
import type { LabelRecord, WebhookRecord } from "@heron-webhooks/engine";
import { isReservedTopic, isSubscribed, toLabelTopic } from "@heron-webhooks/engine";
import type { Transport } from "../dispatch/http-transport.ts";
import { prepareWebhook } from "../dispatch/prepared-webhook.ts";
import type { Topics } from "../topics/catalogue.ts";

/** What came of a test. */
export interface TestResult {
  /** Whether an event would have been delivered. */
  readonly ok: boolean;
  readonly outcome: Outcome["kind"];
  /** Why it would not have been; null if it was. */
  readonly reason: string | null;
  readonly responseStatus: number | null;
  /** The beginning of the answer's body; null if there was none. */
  readonly responseBody: string | null;
  readonly durationMs: number;
  /** What was sent; the body is null if it could not be made. */
  readonly topic: string;
  readonly body: string | null;
}

/**
 * Sends an example to a webhook, marked `meta.test`, once; nothing is recorded of it.
 * @throws HeronError `topic_invalid`, `topic_unknown`
 */
export async function sendTestEvent(
  record: WebhookRecord,
  requestedTopic: string | undefined,
  examples: Examples,
  transport: Transport,
  now: number,
): Promise<TestResult> {
  const { topic, event } = createExampleEvent(record, requestedTopic, examples, now);
  const startedAt = performance.now();
  const { body, response } = await sendRequest(record, event, transport, now);
  const outcome = classifyResponse(response, { format: record.format === "heron" ? "heron" : "slack" });
  return {
    ok: outcome.kind === "delivered",
    outcome: outcome.kind,
    reason: outcome.kind === "delivered" ? null : outcome.reason,
    responseStatus: response instanceof Error ? null : response.status,
    responseBody: response instanceof Error ? null : response.body,
    durationMs: Math.round(performance.now() - startedAt),
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
export function createExampleEvent(
  record: WebhookRecord,
  requestedTopic: string | undefined,
  examples: Examples,
  now: number,
): { readonly topic: string; readonly event: string } {
  const topic = resolveTopic(record, requestedTopic, examples);
  const topicDescription = examples.topics?.[resolveExampleTopic(topic, examples)];
  const data = topicDescription === undefined ? { test: true } : topicDescription.example;
  const id = `evt_test_${randomBytes(8).toString("hex")}`;
  const event = createEvent({ topic, data, meta: { test: true }, created: new Date(now), id });
  return { topic, event: stringifyEvent(event) };
}

async function sendRequest(
  record: WebhookRecord,
  event: string,
  transport: Transport,
  now: number,
): Promise<{ readonly body: string | null; readonly response: Awaited<ReturnType<Transport["attempt"]>> }> {
  try {
    const delivery = `dlv_test_${randomBytes(8).toString("hex")}`;
    const request = prepareWebhook(record).buildRequest({ delivery, body: event, user: null }, now);
    return { body: Buffer.from(request.body).toString("utf8"), response: await transport.attempt(request) };
  } catch (error) {
    return { body: null, response: error as Error };
  }
}

/** The topic whose example stands for it: for a label's, the first that the label names. */
function resolveExampleTopic(topic: string, { topics, labels }: Examples): string {
  const label = labels.find(({ name }) => toLabelTopic(name) === topic);
  if (label === undefined) return topic;
  return Object.keys(topics ?? {}).find((candidate) => isSubscribed(label.pattern, candidate)) ?? topic;
}

/**
 * The topic that was asked for; else the first of the catalogue, or of a label, that the webhook gets, or that one of its
 * patterns is.
 */
function resolveTopic(
  { topics: patterns }: WebhookRecord,
  requestedTopic: string | undefined,
  { topics, labels }: Examples,
): string {
  const catalogueTopics = Object.keys(topics ?? {});
  if (requestedTopic === undefined) {
    const isReceived = (topic: string): boolean => patterns.some((pattern) => isSubscribed(pattern, topic));
    const candidates = [...catalogueTopics, ...labels.map(({ name }) => toLabelTopic(name))];
    return candidates.find(isReceived) ?? patterns.find(isTopic) ?? "webhook.test";
  }
  if (!isTopic(requestedTopic))
    throw new HeronError(
      "topic_invalid",
      `${JSON.stringify(requestedTopic)} is not a topic: write one such as "invoice.paid".`,
    );
  if (topics !== null && !catalogueTopics.includes(requestedTopic) && !isReservedTopic(requestedTopic))
    throw new HeronError("topic_unknown", `${requestedTopic} is not one of this sender's topics.`);
  return requestedTopic;
}
