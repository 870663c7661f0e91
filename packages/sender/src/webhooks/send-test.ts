import { randomBytes } from "node:crypto";
import { createEvent, HeronError, isTopic } from "@heron-webhooks/core";
import { classifyResponse, type Outcome } from "@heron-webhooks/core/delivery";
import { stringifyEvent } from "@heron-webhooks/core/internal";
import type { LabelRecord, WebhookRecord } from "@heron-webhooks/engine";
import { isReservedTopic, isSubscribed, toLabelTopic } from "@heron-webhooks/engine";
import type { Transport } from "../dispatch/http-transport.ts";
import { prepareWebhook } from "../dispatch/prepared-webhook.ts";
import type { Topics } from "../topics/catalogue.ts";

/** The result of a test event. */
export interface TestResult {
  /** Whether the test event was delivered. */
  readonly ok: boolean;
  readonly outcome: Outcome["kind"];
  /** Why it was not delivered; null if it was. */
  readonly reason: string | null;
  readonly responseStatus: number | null;
  /** The beginning of the response body; null if there was none. */
  readonly responseBody: string | null;
  readonly durationMs: number;
  /** The topic and body that were sent. The body is null if it could not be rendered. */
  readonly topic: string;
  readonly body: string | null;
}

/**
 * Sends an example event, marked `meta.test`, once. Nothing is recorded.
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

/** The source of examples: the application's topics (null for none) and the account's labels. */
export interface Examples {
  readonly topics: Topics | null;
  readonly labels: readonly LabelRecord[];
}

/**
 * Creates the example event of a topic, marked `meta.test`.
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

/** The topic whose example is used: for a label, the first topic that it matches. */
function resolveExampleTopic(topic: string, { topics, labels }: Examples): string {
  const label = labels.find(({ name }) => toLabelTopic(name) === topic);
  if (label === undefined) return topic;
  return Object.keys(topics ?? {}).find((candidate) => isSubscribed(label.pattern, candidate)) ?? topic;
}

/**
 * The requested topic; by default the first topic of the catalogue or label that the webhook receives, or one of its
 * patterns that is a topic.
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
