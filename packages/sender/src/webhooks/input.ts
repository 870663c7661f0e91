import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import {
  type BodyFormat,
  checkHeaders,
  HeronError,
  type RequestHeaderMap,
  slackUrlKind,
  webhookUrl,
} from "@heron-webhooks/core";
import type { Condition, WebhookRecord } from "@heron-webhooks/engine";
import { checkNames, checkWanted } from "@heron-webhooks/engine";
import { checkAccount } from "../accounts.ts";
import { forbiddenError, mayReach } from "../egress/addresses.ts";
import type { Egress } from "../egress/egress.ts";
import { readyFor } from "../engine/outgoing.ts";
import { authIn, type WebhookAuth, withAuth, withoutAuth } from "./auth.ts";
import { checkSecret, newSecret } from "./secret.ts";

/** What may be changed of a webhook. */
export interface WebhookChanges {
  readonly url?: string | undefined;
  /** Patterns: which events it gets. */
  readonly topics?: readonly string[] | undefined;
  /** What must hold of an event beside that, at most 10 conditions, all of them. Default: none. */
  readonly when?: readonly Condition[] | undefined;
  /** Sent with every request: any but those of the connection and of the signature. */
  readonly headers?: RequestHeaderMap | undefined;
  /** The `authorization` header: a user and a password, or a token; null for none. */
  readonly auth?: WebhookAuth | null | undefined;
  /** The body's template; null for the event as it is. */
  readonly body?: unknown;
  /** Default: Slack's if the URL is one of Slack's webhooks, else the event. */
  readonly format?: "heron" | "slack" | undefined;
  /** How many attempts may be under way at once. Default 10. */
  readonly concurrency?: number | undefined;
  /** Attempts a second. Default: 1 for Slack, else as many as there are. */
  readonly rate?: number | null | undefined;
  readonly description?: string | undefined;
  /** What an application wishes to remember with it. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What a webhook is made from. */
export interface WebhookInput extends WebhookChanges {
  /** Whose it is. Default `"default"`. */
  readonly account?: string | undefined;
  readonly url: string;
  readonly topics: readonly string[];
  /** What to sign with; 24 bytes at least. Default: a new one, `sec_…`. */
  readonly secret?: string | undefined;
}

const CHANGES: Readonly<Record<keyof WebhookChanges, true>> = {
  url: true,
  topics: true,
  when: true,
  headers: true,
  auth: true,
  body: true,
  format: true,
  concurrency: true,
  rate: true,
  description: true,
  metadata: true,
};
const INPUT: Readonly<Record<keyof WebhookInput, true>> = { ...CHANGES, account: true, secret: true };

const LONGEST_DESCRIPTION = 1000;
const MOST_METADATA = 50;
const LONGEST_METADATA = 500;
const SLACK_RATE = 1;

/**
 * A webhook, if it could be delivered to.
 * @throws HeronError `url_invalid`, `address_forbidden`, `pattern_invalid`, `header_invalid`, `template_invalid`,
 * `condition_invalid`, `secret_invalid`, `option_invalid`
 */
export function webhookOf(input: WebhookInput, egress: Egress, now: number): WebhookRecord {
  checkNames("webhooks.create", input, INPUT);
  const { account = "default", secret = newSecret(), ...parts } = input;
  checkAccount(account);
  checkSecret(secret);
  const blank: WebhookRecord = {
    id: `wbh_${randomBytes(12).toString("hex")}`,
    account,
    url: "",
    topics: [],
    headers: {},
    format: "heron",
    secrets: [{ value: secret, until: null }],
    enabled: true,
    disabledBy: null,
    failingSince: null,
    failedAt: null,
    concurrency: 10,
    rate: null,
    description: "",
    metadata: {},
    created: now,
    version: 1,
  };
  return changed(blank, parts, egress);
}

/**
 * A webhook as it is after a change.
 * @throws HeronError as {@link webhookOf} does
 */
export function changed(record: WebhookRecord, change: WebhookChanges, egress: Egress): WebhookRecord {
  checkNames("webhooks.update", change, CHANGES);
  const { url = record.url } = change;
  const format =
    change.format === undefined && url === record.url ? record.format : formatOf(url, change.format);
  const headers = headersAfter(record.headers, change);
  const { body: before, when: whenBefore, ...rest } = record;
  const { topics, when } = checkWanted(change.topics ?? record.topics, change.when ?? whenBefore ?? []);
  const body = change.body === undefined ? before : (change.body ?? undefined);
  checkUrl(url, egress);
  checkHeaders(headers);
  const after: WebhookRecord = {
    ...rest,
    ...(body === undefined ? {} : { body }),
    url,
    // How another receiver was doing says nothing of this one.
    ...(url === record.url ? {} : { failingSince: null, failedAt: null }),
    topics,
    ...(when.length === 0 ? {} : { when }),
    headers,
    format,
    concurrency: whole("concurrency", change.concurrency ?? record.concurrency, 1, 1000),
    rate:
      change.rate === undefined
        ? rateAfter(record, format)
        : change.rate === null
          ? null
          : whole("rate", change.rate, 1, 10_000),
    description: text("description", change.description ?? record.description),
    metadata: metadataOf(change.metadata ?? record.metadata),
  };
  // Compiled here, so that a template that cannot be used is refused here.
  readyFor(after);
  return after;
}

function headersAfter(before: RequestHeaderMap, { headers, auth }: WebhookChanges): RequestHeaderMap {
  if (headers !== undefined && (typeof headers !== "object" || headers === null || Array.isArray(headers)))
    throw new HeronError("header_invalid", "headers must be an object of names and values.");
  if (auth !== undefined) return withAuth(headers ?? withoutAuth(before), auth);
  return headers === undefined ? before : { ...authIn(before, headers), ...headers };
}

/** Slack takes one message a second; who leaves Slack, or comes to it, leaves or takes that with it. */
function rateAfter(record: WebhookRecord, format: BodyFormat): number | null {
  const isSlack = format !== "heron";
  if (isSlack === (record.format !== "heron")) return record.rate;
  return isSlack ? (record.rate ?? SLACK_RATE) : record.rate === SLACK_RATE ? null : record.rate;
}

function formatOf(url: string, format: "heron" | "slack" | undefined): BodyFormat {
  const kind = slackUrlKind(url);
  if (format === "heron" || (format === undefined && kind === null)) return "heron";
  if (format !== undefined && format !== "slack")
    throw new HeronError("option_invalid", `format must be "heron" or "slack".`);
  return kind === "workflow" ? "slack-workflow" : "slack";
}

/** A literal address is looked at when the webhook is made, to say so early; every address at every connection. */
function checkUrl(url: string, { allowed, http }: Egress): void {
  const { hostname } = webhookUrl(url, { http });
  const literal = hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) === 0 || mayReach(literal, allowed)) return;
  throw forbiddenError(literal);
}

function metadataOf(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(metadata ?? {});
  const fits = ([name, value]: readonly [string, unknown]): boolean =>
    typeof value === "string" && Math.max(name.length, value.length) <= LONGEST_METADATA;
  const named = typeof metadata === "object" && !Array.isArray(metadata);
  if (named && entries.length <= MOST_METADATA && entries.every(fits)) return Object.fromEntries(entries);
  throw new HeronError(
    "option_invalid",
    `metadata must be up to ${MOST_METADATA} names with text, each of up to ${LONGEST_METADATA} characters.`,
  );
}

function text(option: string, value: string): string {
  if (typeof value === "string" && value.length <= LONGEST_DESCRIPTION) return value;
  throw new HeronError(
    "option_invalid",
    `${option} must be text of up to ${LONGEST_DESCRIPTION} characters.`,
  );
}

function whole(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new HeronError("option_invalid", `${option} must be a whole number from ${least} to ${most}.`);
}
