import { HeronError } from "../errors.ts";
import { encodeEvent, type WebhookEvent } from "../event.ts";
import { shown } from "../shown.ts";
import { keyOf, macOf } from "../signature/mac.ts";
import { secretList } from "../signature/secret.ts";
import { sign } from "../signature/sign.ts";
import { slackMessage } from "../slack/message.ts";
import { workflowVariables } from "../slack/workflow.ts";
import type { Template } from "../template/compile.ts";
import { LONGEST_BODY } from "../template/limits.ts";
import { checkHeaders, checkSignatureHeader, type RequestHeaderMap } from "./headers.ts";

/** How a body is made: the event itself, Slack's message of it, or the variables of a Slack workflow. */
export type BodyFormat = "heron" | "slack" | "slack-workflow";

/** What a request is made from, of a webhook. */
export interface OutgoingWebhook {
  readonly url: string;
  /** What templates read as `webhook.id`. */
  readonly id?: string | undefined;
  /** Default `"heron"`. */
  readonly format?: BodyFormat | undefined;
  /** The body, instead of the event; for Slack, made by `compileSlackTemplate`. */
  readonly template?: Pick<Template, "renderText"> | undefined;
  /** Headers of its own, which win over `content-type` and `user-agent`. */
  readonly headers?: RequestHeaderMap | undefined;
  /** `Heron-Signature` is made with the first, `webhook-signature` with each. Not used for Slack, else required. */
  readonly secrets?: readonly string[] | undefined;
  /** Default `"heron-signature"`. */
  readonly signatureHeader?: string | undefined;
}

/** What {@link buildRequest} takes. */
export interface RequestInput {
  readonly event: WebhookEvent;
  readonly webhook: OutgoingWebhook;
  /** The properties of the user that the event is about: what templates read as `user`. */
  readonly user?: Readonly<Record<string, unknown>> | null | undefined;
  /** The delivery's id, sent as `webhook-id`: the same at every attempt. */
  readonly id: string;
  /** The time of the attempt, in milliseconds since 1970. */
  readonly now: number;
}

/** A request, down to its bytes. */
export interface OutgoingRequest {
  readonly method: "POST";
  readonly url: string;
  readonly headers: RequestHeaderMap;
  readonly body: Uint8Array;
}

/** A part of what Standard Webhooks signs, so it holds no dot and nothing that a header cannot. */
const DELIVERY_ID = /^[\w-]{1,128}$/;

/**
 * The request that an attempt makes: its headers and its exact bytes.
 *
 * `Heron-Signature` is over the body alone and so the same at every attempt. The three headers of Standard Webhooks
 * stand beside it, over the delivery's id, the attempt's time and the body, made with the same key bytes. Slack's
 * requests carry none of these.
 * Source: Heron Data, "Webhooks"; Standard Webhooks specification, "Signature scheme".
 * @throws HeronError `secret_missing`, `secret_invalid`, `header_invalid`, `option_invalid`, `event_too_large`,
 * `invalid_event`, and what the template throws
 */
export function buildRequest({ webhook, ...delivery }: RequestInput): OutgoingRequest {
  return requestsTo(webhook)(delivery);
}

/** What {@link requestsTo} makes each request from: of a body that is known already, no event is needed. */
export type RequestParts = Pick<RequestInput, "id" | "now"> &
  (Pick<RequestInput, "event" | "user"> | { readonly body: Uint8Array });

/**
 * The same for many requests to one webhook, which is looked at only once: what {@link buildRequest} throws for its
 * headers is thrown here.
 * @throws HeronError `header_invalid`
 */
export function requestsTo(webhook: OutgoingWebhook): (parts: RequestParts) => OutgoingRequest {
  const { url, format = "heron", headers = {}, signatureHeader = "heron-signature" } = webhook;
  checkSignatureHeader(signatureHeader);
  checkHeaders(headers, signatureHeader);
  const own = withDefaults(headers);
  return (parts) => {
    const { id } = parts;
    if (!DELIVERY_ID.test(id))
      throw new HeronError(
        "option_invalid",
        `id must be 1 to 128 of A-Z, a-z, 0-9, _ and -; it is ${shown(id)}.`,
      );
    const body = bodyOf(parts, webhook, format);
    const signatures = format === "heron" ? signaturesOf(body, webhook, signatureHeader, parts) : {};
    return { method: "POST", url, headers: { ...own, ...signatures }, body };
  };
}

function bodyOf(parts: RequestParts, webhook: OutgoingWebhook, format: BodyFormat): Uint8Array {
  const { template, id = null } = webhook;
  const body =
    "body" in parts
      ? parts.body
      : template === undefined
        ? plainBody(parts.event, format)
        : Buffer.from(
            template.renderText({ ...parts.event, user: parts.user ?? null, webhook: { id } }),
            "utf8",
          );
  if (body.byteLength > LONGEST_BODY)
    throw new HeronError(
      "event_too_large",
      `The body would be ${body.byteLength} bytes, and at most ${LONGEST_BODY} are sent: send less, or where to fetch the rest.`,
    );
  return body;
}

function plainBody(event: WebhookEvent, format: BodyFormat): Uint8Array {
  if (format === "heron") return encodeEvent(event);
  return Buffer.from(
    JSON.stringify(format === "slack" ? slackMessage(event) : workflowVariables(event)),
    "utf8",
  );
}

function signaturesOf(
  body: Uint8Array,
  { secrets }: OutgoingWebhook,
  signatureHeader: string,
  { id, now }: RequestParts,
): RequestHeaderMap {
  const list = secretList(secrets);
  const timestamp = String(Math.floor(now / 1000));
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, "utf8"), body]);
  return {
    [signatureHeader]: sign(body, list[0] as string),
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": list.map((secret) => `v1,${macOf(signed, keyOf(secret))}`).join(" "),
  };
}

function withDefaults(headers: RequestHeaderMap): RequestHeaderMap {
  const own = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return {
    ...(own.has("content-type") ? {} : { "content-type": "application/json" }),
    ...(own.has("user-agent") ? {} : { "user-agent": "heron-webhooks" }),
    ...headers,
  };
}
