import { slackUrlKind } from "@heron-webhooks/core";
import type { Condition, GateRecord, Webhook } from "@heron-webhooks/sender";

/** Instead of what is only ever written. Sent back, it means: keep what is there. */
export const MASK = "••••••••";

/** A webhook as the API shows it: Heron's own fields, and ours beside them. */
export interface ShownWebhook {
  readonly heron_id: string;
  /** The first of its patterns: a webhook of Heron's own has one. */
  readonly topic: string;
  readonly topics: readonly string[];
  readonly when: readonly Condition[];
  readonly url: string;
  readonly is_enabled: boolean;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: unknown;
  readonly format: "heron" | "slack";
  readonly auth: "basic" | "bearer" | null;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly concurrency: number;
  readonly rate: number | null;
  readonly created: string;
  readonly disabled_by: "owner" | "gone" | "failing" | null;
  readonly failing_since: string | null;
  readonly account: string;
}

export function shownWebhook(webhook: Webhook): ShownWebhook {
  const { id, topics, url, enabled, headers, body, disabledBy, failingSince, ...rest } = webhook;
  const names = Object.keys(headers);
  return {
    heron_id: id,
    topic: topics[0] ?? "",
    topics,
    when: rest.when,
    url: shownUrl(url),
    is_enabled: enabled,
    headers: names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, MASK])),
    body: body ?? null,
    format: webhook.format === "heron" ? "heron" : "slack",
    auth: rest.auth,
    description: rest.description,
    metadata: rest.metadata,
    concurrency: rest.concurrency,
    rate: rest.rate,
    created: timeOf(rest.created),
    disabled_by: disabledBy,
    failing_since: failingSince === null ? null : timeOf(failingSince),
    account: rest.account,
  };
}

/** Who has the path of one of Slack's URLs may post to its channel: it is as secret as a key. */
export function shownUrl(url: string): string {
  return slackUrlKind(url) === null ? url : `${new URL(url).origin}/${MASK}`;
}

export function isMaskedUrl(url: string): boolean {
  return url.endsWith(`/${MASK}`);
}

export interface ShownGate {
  readonly gate: GateRecord["gate"];
  readonly scope: GateRecord["scope"];
  readonly closed_ms: number | null;
}

export function shownGate({ gate, scope, closedMs }: GateRecord): ShownGate {
  return { gate, scope, closed_ms: closedMs };
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
