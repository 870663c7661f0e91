import { getSlackUrlKind } from "@heron-webhooks/core/slack";
import type { Condition, PauseRecord, Webhook } from "@heron-webhooks/sender";

/** Shown instead of write-only values. Sent back, it keeps the saved value. */
export const MASK = "••••••••";

/** A webhook in API responses: Heron's own fields, and ours. */
export interface WebhookDto {
  readonly heron_id: string;
  /** The first of `topics`: webhooks of Heron's own API have one. */
  readonly topic: string;
  readonly topics: readonly string[];
  readonly conditions: readonly Condition[];
  readonly url: string;
  readonly is_enabled: boolean;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly template: unknown;
  readonly format: "heron" | "slack";
  readonly auth: "basic" | "bearer" | null;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly concurrency: number;
  readonly rate_limit: number | null;
  readonly created: string;
  readonly disabled_by: "owner" | "gone" | "failing" | null;
  readonly failing_since: string | null;
  readonly account: string;
}

export function toWebhookDto(webhook: Webhook): WebhookDto {
  const { id, topics, url, enabled, headers, template, disabledBy, failingSince, ...rest } = webhook;
  const names = Object.keys(headers);
  return {
    heron_id: id,
    topic: topics[0] ?? "",
    topics,
    conditions: rest.conditions,
    url: maskUrl(url),
    is_enabled: enabled,
    headers: names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, MASK])),
    template: template ?? null,
    format: webhook.format === "heron" ? "heron" : "slack",
    auth: rest.auth,
    description: rest.description,
    metadata: rest.metadata,
    concurrency: rest.concurrency,
    rate_limit: rest.rateLimit,
    created: toIsoTime(rest.createdAt),
    disabled_by: disabledBy,
    failing_since: failingSince === null ? null : toIsoTime(failingSince),
    account: rest.account,
  };
}

/** Masks the path of a Slack URL, because anyone who has it can post to the channel. */
export function maskUrl(url: string): string {
  return getSlackUrlKind(url) === null ? url : `${new URL(url).origin}/${MASK}`;
}

export function isMaskedUrl(url: string): boolean {
  return url.endsWith(`/${MASK}`);
}

export interface PauseDto {
  readonly reason: PauseRecord["reason"];
  readonly scope: PauseRecord["scope"];
  readonly remaining_ms: number | null;
}

export function toPauseDto({
  reason,
  scope,
  remainingMs,
}: Pick<PauseRecord, "reason" | "scope" | "remainingMs">): PauseDto {
  return { reason, scope, remaining_ms: remainingMs };
}

export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString();
}
