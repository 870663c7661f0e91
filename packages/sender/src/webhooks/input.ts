import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import {
  type BodyFormat,
  checkHeaders,
  HeronError,
  isPattern,
  slackUrlKind,
  webhookUrl,
} from "@heron-webhooks/core";
import { mayReach } from "../egress/addresses.ts";
import type { Egress } from "../egress/egress.ts";
import { readyFor } from "../engine/outgoing.ts";
import type { WebhookRecord } from "../store/records.ts";

/** What a webhook is made from. */
export interface WebhookInput {
  /** Whose it is. Default `"default"`. */
  readonly account?: string | undefined;
  readonly url: string;
  /** Patterns: which events it gets. */
  readonly topics: readonly string[];
  /** Sent with every request: any but those of the connection and of the signature. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body's template; without it, the event as it is. */
  readonly body?: unknown;
  /** Default: Slack's if the URL is one of Slack's webhooks, else the event. */
  readonly format?: "heron" | "slack" | undefined;
  /** What to sign with; at least 24 bytes. Default: a new one, `sec_…`. */
  readonly secret?: string | undefined;
  /** How many attempts may be under way at once. Default 10. */
  readonly concurrency?: number | undefined;
  /** Attempts a second. Default: 1 for Slack, else as many as there are. */
  readonly rate?: number | null | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

const MOST_PATTERNS = 50;
const SHORTEST_SECRET = 24;

/**
 * A webhook as it is kept, if it could be delivered to.
 * @throws HeronError `url_invalid`, `address_forbidden`, `pattern_invalid`, `header_invalid`, `template_invalid`,
 * `secret_invalid`, `option_invalid`
 */
export function webhookOf(input: WebhookInput, egress: Egress, now: number): WebhookRecord {
  const { account = "default", url, topics, headers = {}, body, secret = newSecret() } = input;
  const { description = "", metadata = {} } = input;
  const format = formatOf(url, input.format);
  checkUrl(url, egress);
  checkPatterns(topics);
  checkHeaders(headers);
  checkSecret(secret);
  const record: WebhookRecord = {
    id: `wbh_${randomBytes(12).toString("hex")}`,
    account,
    url,
    topics,
    headers,
    ...(body === undefined ? {} : { body }),
    format,
    secrets: [{ value: secret, until: null }],
    enabled: true,
    disabledBy: null,
    failingSince: null,
    concurrency: whole("concurrency", input.concurrency ?? 10, 1, 1000),
    rate: input.rate === undefined ? (format === "heron" ? null : 1) : rateOf(input.rate),
    description,
    metadata,
    created: now,
    version: 1,
  };
  // Compiled here, so that a template that cannot be used is refused here.
  readyFor(record, (kept) => kept);
  return record;
}

/** `sec_` and 32 random bytes. */
export function newSecret(): string {
  return `sec_${randomBytes(32).toString("base64url")}`;
}

function formatOf(url: string, format: "heron" | "slack" | undefined): BodyFormat {
  const kind = slackUrlKind(url);
  if (format === "heron" || (format === undefined && kind === null)) return "heron";
  return kind === "workflow" ? "slack-workflow" : "slack";
}

/** A literal address is looked at when the webhook is made, to say so early; every address at every connection. */
function checkUrl(text: string, { allowed, http }: Egress): void {
  const { hostname } = webhookUrl(text, { http });
  const literal = hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) === 0 || mayReach(literal, allowed)) return;
  throw new HeronError(
    "address_forbidden",
    `${literal} is not an address of the public internet, and webhooks go nowhere else. For development, egress: { allow: ["127.0.0.0/8"], http: true } opens what it needs.`,
  );
}

function checkPatterns(topics: readonly string[]): void {
  if (!Array.isArray(topics) || topics.length === 0 || topics.length > MOST_PATTERNS)
    throw new HeronError("option_invalid", `topics must be a list of 1 to ${MOST_PATTERNS} patterns.`);
  for (const pattern of topics)
    if (typeof pattern !== "string" || !isPattern(pattern))
      throw new HeronError(
        "pattern_invalid",
        `${JSON.stringify(pattern)} is not a pattern: write "end_user.processed", "end_user.*", "*.failed" or "**".`,
      );
}

function checkSecret(secret: string): void {
  const why = secret.startsWith("whsec_")
    ? "it begins with whsec_, as a key in base64 does; here a secret's own characters are the key"
    : secret.trim() !== secret
      ? "it begins or ends with white space"
      : Buffer.byteLength(secret, "utf8") < SHORTEST_SECRET
        ? `it is under ${SHORTEST_SECRET} bytes, and could be guessed`
        : null;
  if (why !== null)
    throw new HeronError(
      "secret_invalid",
      `The secret cannot be used: ${why}. Leave it out, and one is made.`,
    );
}

function rateOf(rate: number | null): number | null {
  return rate === null ? null : whole("rate", rate, 1, 10_000);
}

function whole(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new HeronError("option_invalid", `${option} must be a whole number from ${least} to ${most}.`);
}
