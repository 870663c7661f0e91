import { randomBytes } from "node:crypto";
import { classify, createEvent, eventText, HeronError, isTopic, type Outcome } from "@heron-webhooks/core";
import type { Transport } from "../engine/attempt.ts";
import { readyFor } from "../engine/outgoing.ts";
import type { WebhookRecord } from "../store/records.ts";
import type { Topics } from "../topics/catalogue.ts";
import { isSubscribed } from "../topics/subscribed.ts";

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
  topics: Topics | null,
  transport: Transport,
  now: number,
): Promise<TestResult> {
  const { topic, event } = exampleFor(record, wanted, topics, now);
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

/**
 * The example of a topic as an event, marked `meta.test`.
 * @throws HeronError `topic_invalid`, `topic_unknown`
 */
export function exampleFor(
  record: WebhookRecord,
  wanted: string | undefined,
  topics: Topics | null,
  now: number,
): { readonly topic: string; readonly event: string } {
  const topic = topicFor(record, wanted, topics);
  const offered = topics?.[topic];
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

/** The topic that was asked for; else the first of the catalogue that the webhook gets, or that one of its patterns is. */
function topicFor(
  { topics: patterns }: WebhookRecord,
  wanted: string | undefined,
  topics: Topics | null,
): string {
  if (wanted === undefined) {
    const offered = Object.keys(topics ?? {});
    const gets = (topic: string): boolean => patterns.some((pattern) => isSubscribed(pattern, topic));
    return offered.find(gets) ?? patterns.find(isTopic) ?? "webhook.test";
  }
  if (!isTopic(wanted))
    throw new HeronError(
      "topic_invalid",
      `${JSON.stringify(wanted)} is not a topic: write one such as "invoice.paid".`,
    );
  if (topics !== null && !Object.hasOwn(topics, wanted))
    throw new HeronError("topic_unknown", `${wanted} is not one of this sender's topics.`);
  return wanted;
}
