import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import {
  assertHeaders,
  type BodyFormat,
  getSlackUrlKind,
  HeronError,
  parseWebhookUrl,
  type RequestHeaderMap,
} from "@heron-webhooks/core";
import type { Condition, WebhookRecord } from "@heron-webhooks/engine";
import { assertKnownKeys, parseSubscription } from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";
import { prepareWebhook } from "../dispatch/prepared-webhook.ts";
import { forbiddenError, mayReach } from "../egress/addresses.ts";
import type { Egress } from "../egress/egress.ts";
import { addAuth, getRetainedAuth, removeAuth, type WebhookAuth } from "./auth.ts";
import { assertSecret, createSecret } from "./secret.ts";

/** What may be changed of a webhook. */
export interface WebhookUpdate {
  readonly url?: string | undefined;
  /** Patterns: which events it gets. */
  readonly topics?: readonly string[] | undefined;
  /** What must hold of an event beside that, at most 10 conditions, all of them. Default: none. */
  readonly conditions?: readonly Condition[] | undefined;
  /** Sent with every request: any but those of the connection and of the signature. */
  readonly headers?: RequestHeaderMap | undefined;
  /** The `authorization` header: a user and a password, or a token; null for none. */
  readonly auth?: WebhookAuth | null | undefined;
  /** The body's template; null for the event as it is. */
  readonly template?: unknown;
  /** Default: Slack's if the URL is one of Slack's webhooks, else the event. */
  readonly format?: "heron" | "slack" | undefined;
  /** How many attempts may be under way at once. Default 10. */
  readonly concurrency?: number | undefined;
  /** Attempts a second. Default: 1 for Slack, else as many as there are. */
  readonly rateLimit?: number | null | undefined;
  readonly description?: string | undefined;
  /** What an application wishes to remember with it. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What a webhook is made from. */
export interface WebhookInput extends WebhookUpdate {
  /** Whose it is. Default `"default"`. */
  readonly account?: string | undefined;
  readonly url: string;
  readonly topics: readonly string[];
  /** What to sign with; 24 bytes at least. Default: a new one, `sec_…`. */
  readonly secret?: string | undefined;
}

const UPDATE_KEYS: Readonly<Record<keyof WebhookUpdate, true>> = {
  url: true,
  topics: true,
  conditions: true,
  headers: true,
  auth: true,
  template: true,
  format: true,
  concurrency: true,
  rateLimit: true,
  description: true,
  metadata: true,
};
const INPUT_KEYS: Readonly<Record<keyof WebhookInput, true>> = {
  ...UPDATE_KEYS,
  account: true,
  secret: true,
};

const MAX_DESCRIPTION_LENGTH = 1000;
const MAX_METADATA_ENTRIES = 50;
const MAX_METADATA_LENGTH = 500;
const SLACK_RATE_LIMIT = 1;

/**
 * A webhook, if it could be delivered to.
 * @throws HeronError `url_invalid`, `address_forbidden`, `pattern_invalid`, `header_invalid`, `template_invalid`,
 * `condition_invalid`, `secret_invalid`, `option_invalid`
 */
export function createWebhookRecord(input: WebhookInput, egress: Egress, now: number): WebhookRecord {
  assertKnownKeys("webhooks.create", input, INPUT_KEYS);
  const { account = "default", secret = createSecret(), ...update } = input;
  assertAccount(account);
  assertSecret(secret);
  const defaults: WebhookRecord = {
    id: `wbh_${randomBytes(12).toString("hex")}`,
    account,
    url: "",
    topics: [],
    headers: {},
    format: "heron",
    secrets: [{ value: secret, expiresAt: null }],
    enabled: true,
    disabledBy: null,
    failingSince: null,
    lastFailedAt: null,
    concurrency: 10,
    rateLimit: null,
    description: "",
    metadata: {},
    createdAt: now,
    version: 1,
  };
  return applyUpdate(defaults, update, egress);
}

/**
 * A webhook as it is after a change.
 * @throws HeronError as {@link createWebhookRecord} does
 */
export function applyUpdate(record: WebhookRecord, update: WebhookUpdate, egress: Egress): WebhookRecord {
  assertKnownKeys("webhooks.update", update, UPDATE_KEYS);
  const { url = record.url } = update;
  const format =
    update.format === undefined && url === record.url ? record.format : resolveFormat(url, update.format);
  const headers = mergeHeaders(record.headers, update);
  const { template: previousTemplate, conditions: previousConditions, ...rest } = record;
  const { topics, conditions } = parseSubscription(
    update.topics ?? record.topics,
    update.conditions ?? previousConditions ?? [],
  );
  const template = update.template === undefined ? previousTemplate : (update.template ?? undefined);
  assertUrlAllowed(url, egress);
  assertHeaders(headers);
  const updated: WebhookRecord = {
    ...rest,
    ...(template === undefined ? {} : { template }),
    url,
    // How another receiver was doing says nothing of this one.
    ...(url === record.url ? {} : { failingSince: null, lastFailedAt: null }),
    topics,
    ...(conditions.length === 0 ? {} : { conditions }),
    headers,
    format,
    concurrency: assertInteger("concurrency", update.concurrency ?? record.concurrency, 1, 1000),
    rateLimit:
      update.rateLimit === undefined
        ? resolveRateLimit(record, format)
        : update.rateLimit === null
          ? null
          : assertInteger("rate", update.rateLimit, 1, 10_000),
    description: assertText("description", update.description ?? record.description),
    metadata: parseMetadata(update.metadata ?? record.metadata),
  };
  // Compiled here, so that a template that cannot be used is refused here.
  prepareWebhook(updated);
  return updated;
}

function mergeHeaders(previousHeaders: RequestHeaderMap, { headers, auth }: WebhookUpdate): RequestHeaderMap {
  if (headers !== undefined && (typeof headers !== "object" || headers === null || Array.isArray(headers)))
    throw new HeronError("header_invalid", "headers must be an object of names and values.");
  if (auth !== undefined) return addAuth(headers ?? removeAuth(previousHeaders), auth);
  return headers === undefined
    ? previousHeaders
    : { ...getRetainedAuth(previousHeaders, headers), ...headers };
}

/** Slack takes one message a second; who leaves Slack, or comes to it, leaves or takes that with it. */
function resolveRateLimit(record: WebhookRecord, format: BodyFormat): number | null {
  const isSlack = format !== "heron";
  if (isSlack === (record.format !== "heron")) return record.rateLimit;
  return isSlack
    ? (record.rateLimit ?? SLACK_RATE_LIMIT)
    : record.rateLimit === SLACK_RATE_LIMIT
      ? null
      : record.rateLimit;
}

function resolveFormat(url: string, format: "heron" | "slack" | undefined): BodyFormat {
  const kind = getSlackUrlKind(url);
  if (format === "heron" || (format === undefined && kind === null)) return "heron";
  if (format !== undefined && format !== "slack")
    throw new HeronError("option_invalid", `format must be "heron" or "slack".`);
  return kind === "workflow" ? "slack-workflow" : "slack";
}

/** A literal address is looked at when the webhook is made, to say so early; every address at every connection. */
function assertUrlAllowed(url: string, { allowed, http: allowHttp }: Egress): void {
  const { hostname } = parseWebhookUrl(url, { allowHttp });
  const literal = hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) === 0 || mayReach(literal, allowed)) return;
  throw forbiddenError(literal);
}

function parseMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(metadata ?? {});
  const fits = ([name, value]: readonly [string, unknown]): boolean =>
    typeof value === "string" && Math.max(name.length, value.length) <= MAX_METADATA_LENGTH;
  const isPlainObject = typeof metadata === "object" && !Array.isArray(metadata);
  if (isPlainObject && entries.length <= MAX_METADATA_ENTRIES && entries.every(fits))
    return Object.fromEntries(entries);
  throw new HeronError(
    "option_invalid",
    `metadata must be up to ${MAX_METADATA_ENTRIES} names with text, each of up to ${MAX_METADATA_LENGTH} characters.`,
  );
}

function assertText(name: string, value: string): string {
  if (typeof value === "string" && value.length <= MAX_DESCRIPTION_LENGTH) return value;
  throw new HeronError(
    "option_invalid",
    `${name} must be text of up to ${MAX_DESCRIPTION_LENGTH} characters.`,
  );
}

function assertInteger(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new HeronError("option_invalid", `${name} must be a whole number from ${min} to ${max}.`);
}
