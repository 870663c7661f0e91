import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { HeronError } from "@heron-webhooks/core";
import {
  assertHeaders,
  type BodyFormat,
  parseWebhookUrl,
  type RequestHeaderMap,
} from "@heron-webhooks/core/delivery";
import { getSlackUrlKind } from "@heron-webhooks/core/slack";
import type { Condition, WebhookRecord } from "@heron-webhooks/engine";
import { assertKnownKeys, parseSubscription } from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";
import { prepareWebhook } from "../dispatch/prepared-webhook.ts";
import { forbiddenError, mayReach } from "../egress/addresses.ts";
import type { Egress } from "../egress/egress.ts";
import { addAuth, getRetainedAuth, removeAuth, type WebhookAuth } from "./auth.ts";
import { assertSecret, createSecret } from "./secret.ts";

/** The fields of a webhook that can be updated. */
export interface WebhookUpdate {
  readonly url?: string | undefined;
  /** Topic patterns of the events that it receives. */
  readonly topics?: readonly string[] | undefined;
  /** Conditions, at most 10, all of which events must meet. Default: none. */
  readonly conditions?: readonly Condition[] | undefined;
  /** Additional headers, except those of the connection and the signature. */
  readonly headers?: RequestHeaderMap | undefined;
  /** Credentials for the `authorization` header: a user and a password, or a token; null for none. */
  readonly auth?: WebhookAuth | null | undefined;
  /** The body template; null to send the event itself. */
  readonly template?: unknown;
  /** Default: `slack` for a Slack webhook URL, else `heron`. */
  readonly format?: "heron" | "slack" | undefined;
  /** How many attempts may be in flight. Default 10. */
  readonly concurrency?: number | undefined;
  /** Attempts per second. Default: 1 for Slack, else no limit. */
  readonly rateLimit?: number | null | undefined;
  readonly description?: string | undefined;
  /** Data of the application. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface WebhookInput extends WebhookUpdate {
  /** The account that owns the webhook. Default `"default"`. */
  readonly account?: string | undefined;
  readonly url: string;
  readonly topics: readonly string[];
  /** The signing secret, at least 24 bytes. Default: a new one, `sec_…`. */
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
 * Validates the input and creates a webhook record.
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
 * Validates an update and applies it to a record.
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
    // The health of the previous receiver does not apply to the new URL.
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
          : assertInteger("rateLimit", update.rateLimit, 1, 10_000),
    description: assertText("description", update.description ?? record.description),
    metadata: parseMetadata(update.metadata ?? record.metadata),
  };
  // Compiles the template, so that an invalid one is rejected.
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

/**
 * Slack accepts one message per second. The limit is set when the format becomes Slack's and removed when it no longer
 * is.
 */
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

/** A literal address is checked at once, to report it early. Every address is checked at every connection. */
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
    `${name} must be a string of up to ${MAX_DESCRIPTION_LENGTH} characters.`,
  );
}

function assertInteger(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new HeronError("option_invalid", `${name} must be an integer from ${min} to ${max}.`);
}
