import { HeronError } from "@heron-webhooks/core";
import type { Store, WebhookRecord } from "@heron-webhooks/engine";
import { assertKnownKeys, assertOptionalString } from "@heron-webhooks/engine";
import { prepareWebhook } from "../dispatch/prepared-webhook.ts";
import type { Topics } from "../topics/catalogue.ts";
import { createExampleEvent } from "./send-test.ts";

export interface PreviewOptions {
  /** The topic whose example is used. Default: the first that the webhook receives. */
  readonly topic?: string | undefined;
  /** Use the event of this delivery instead of an example. */
  readonly delivery?: string | undefined;
  /** The user, with current properties. Default: the properties stored with the delivery's event. */
  readonly user?: string | undefined;
}

/** A request as it would be sent. */
export interface Preview {
  readonly topic: string;
  /** The event, as JSON. */
  readonly event: string;
  /** All headers of the sender and the webhook, signed with its secret or with a temporary one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Builds the request that a webhook would receive. The webhook need not exist.
 * @throws HeronError `topic_invalid`, `topic_unknown`, `delivery_not_found`, `template_missing`, `event_too_large`
 */
export async function previewRequest(
  record: WebhookRecord,
  options: PreviewOptions,
  { store, topics, now }: { readonly store: Store; readonly topics: Topics | null; readonly now: number },
): Promise<Preview> {
  assertKnownKeys("webhooks.preview", options, { topic: true, delivery: true, user: true });
  assertOptionalString("delivery", options.delivery);
  assertOptionalString("user", options.user);
  const source =
    options.delivery === undefined
      ? { ...(await getExampleEvent(record, options.topic, topics, store, now)), user: null }
      : await getDeliveryEvent(options.delivery, record.account, store);
  const { topic, event } = source;
  const properties = options.user === undefined ? null : await store.users.get(record.account, options.user);
  const user = options.user === undefined ? source.user : properties && JSON.stringify(properties);
  const { delivery = "dlv_preview" } = options;
  const request = prepareWebhook(record).buildRequest({ delivery, body: event, user }, now);
  return { topic, event, headers: request.headers, body: Buffer.from(request.body).toString("utf8") };
}

async function getExampleEvent(
  record: WebhookRecord,
  topic: string | undefined,
  topics: Topics | null,
  store: Store,
  now: number,
): Promise<{ readonly topic: string; readonly event: string }> {
  return createExampleEvent(record, topic, { topics, labels: await store.labels.list(record.account) }, now);
}

async function getDeliveryEvent(
  id: string,
  account: string,
  store: Store,
): Promise<{ readonly topic: string; readonly event: string; readonly user: string | null }> {
  const found = await store.deliveries.get(id);
  if (found === null || found.delivery.account !== account)
    throw new HeronError("delivery_not_found", `There is no delivery ${JSON.stringify(id)}.`);
  return { topic: found.delivery.event.topic, event: found.body, user: found.user };
}
