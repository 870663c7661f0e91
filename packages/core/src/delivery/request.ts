import { HeronError } from "../errors.ts";
import { encodeEvent, type WebhookEvent } from "../event.ts";
import { computeMac, getHmacKey } from "../signature/mac.ts";
import { toSecretList } from "../signature/secret.ts";
import { sign } from "../signature/sign.ts";
import { createSlackMessage } from "../slack/message.ts";
import { toWorkflowVariables } from "../slack/workflow.ts";
import type { Template } from "../templates/compile.ts";
import { MAX_BODY_BYTES } from "../templates/limits.ts";
import { formatValue } from "../text.ts";
import { assertHeaders, assertSignatureHeader, type RequestHeaderMap } from "./headers.ts";

/** The format of a body: the event, a Slack message, or the variables of a Slack workflow. */
export type BodyFormat = "heron" | "slack" | "slack-workflow";

/** The webhook's part of a request. */
export interface OutgoingWebhook {
  readonly url: string;
  /** `webhook.id` in templates. */
  readonly id?: string | undefined;
  /** Default `"heron"`. */
  readonly format?: BodyFormat | undefined;
  /** The body's template instead of the event; for Slack, from `compileSlackTemplate`. */
  readonly template?: Pick<Template, "renderText"> | undefined;
  /** The webhook's own headers. They override `content-type` and `user-agent`. */
  readonly headers?: RequestHeaderMap | undefined;
  /** The first signs `Heron-Signature`, all sign `webhook-signature`. Required except for Slack, which ignores them. */
  readonly secrets?: readonly string[] | undefined;
  /** Default `"heron-signature"`. */
  readonly signatureHeader?: string | undefined;
}

/** The input of {@link buildRequest}. */
export interface RequestInput {
  readonly event: WebhookEvent;
  readonly webhook: OutgoingWebhook;
  /** The properties of the event's user: `user` in templates. */
  readonly user?: Readonly<Record<string, unknown>> | null | undefined;
  /** The delivery's id, sent as `webhook-id` with every attempt. */
  readonly id: string;
  /** The time of the attempt, in milliseconds since 1970. */
  readonly now: number;
}

/** A complete request. */
export interface OutgoingRequest {
  readonly method: "POST";
  readonly url: string;
  readonly headers: RequestHeaderMap;
  readonly body: Uint8Array;
}

/** Standard Webhooks signs the id between dots, so it must contain no dot, and only header characters. */
const DELIVERY_ID_PATTERN = /^[\w-]{1,128}$/;

/**
 * Builds the request of an attempt: URL, headers and exact body bytes.
 *
 * `Heron-Signature` signs the body alone, so it is the same for every attempt. The three headers of Standard Webhooks
 * sign the delivery's id, the attempt's time and the body with the same key. Requests to Slack have none of these.
 * Source: Heron Data, "Webhooks"; Standard Webhooks specification, "Signature scheme".
 * @throws HeronError `secret_missing`, `secret_invalid`, `header_invalid`, `option_invalid`, `event_too_large`,
 * `invalid_event`, and what the template throws
 */
export function buildRequest({ webhook, ...delivery }: RequestInput): OutgoingRequest {
  return createRequestBuilder(webhook)(delivery);
}

/** The parts of {@link createRequestBuilder} that change per request: an event, or a finished body. */
export type RequestParts = Pick<RequestInput, "id" | "now"> &
  (Pick<RequestInput, "event" | "user"> | { readonly body: Uint8Array });

/**
 * As {@link buildRequest} for many requests to one webhook. Validates the webhook's headers once, when called.
 * @throws HeronError `header_invalid`
 */
export function createRequestBuilder(webhook: OutgoingWebhook): (parts: RequestParts) => OutgoingRequest {
  const { url, format = "heron", headers = {}, signatureHeader = "heron-signature" } = webhook;
  assertSignatureHeader(signatureHeader);
  assertHeaders(headers, signatureHeader);
  const ownHeaders = addDefaultHeaders(headers);
  return (parts) => {
    const { id } = parts;
    if (!DELIVERY_ID_PATTERN.test(id))
      throw new HeronError(
        "option_invalid",
        `id must be 1 to 128 of A-Z, a-z, 0-9, _ and -; it is ${formatValue(id)}.`,
      );
    const body = createBody(parts, webhook, format);
    const signatures =
      format === "heron" ? createSignatureHeaders(body, webhook, signatureHeader, parts) : {};
    return { method: "POST", url, headers: { ...ownHeaders, ...signatures }, body };
  };
}

function createBody(parts: RequestParts, webhook: OutgoingWebhook, format: BodyFormat): Uint8Array {
  const { template, id = null } = webhook;
  const body =
    "body" in parts
      ? parts.body
      : template === undefined
        ? createDefaultBody(parts.event, format)
        : Buffer.from(
            template.renderText({ ...parts.event, user: parts.user ?? null, webhook: { id } }),
            "utf8",
          );
  if (body.byteLength > MAX_BODY_BYTES)
    throw new HeronError(
      "event_too_large",
      `The body has ${body.byteLength} bytes; the limit is ${MAX_BODY_BYTES}. Send less, or a URL to fetch the rest.`,
    );
  return body;
}

function createDefaultBody(event: WebhookEvent, format: BodyFormat): Uint8Array {
  if (format === "heron") return encodeEvent(event);
  return Buffer.from(
    JSON.stringify(format === "slack" ? createSlackMessage(event) : toWorkflowVariables(event)),
    "utf8",
  );
}

function createSignatureHeaders(
  body: Uint8Array,
  { secrets }: OutgoingWebhook,
  signatureHeader: string,
  { id, now }: RequestParts,
): RequestHeaderMap {
  const checkedSecrets = toSecretList(secrets);
  const timestamp = String(Math.floor(now / 1000));
  const signedContent = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, "utf8"), body]);
  return {
    [signatureHeader]: sign(body, checkedSecrets[0] as string),
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": checkedSecrets
      .map((secret) => `v1,${computeMac(signedContent, getHmacKey(secret))}`)
      .join(" "),
  };
}

function addDefaultHeaders(headers: RequestHeaderMap): RequestHeaderMap {
  const ownNames = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return {
    ...(ownNames.has("content-type") ? {} : { "content-type": "application/json" }),
    ...(ownNames.has("user-agent") ? {} : { "user-agent": "heron-webhooks" }),
    ...headers,
  };
}
