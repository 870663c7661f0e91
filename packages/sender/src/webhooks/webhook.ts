import type { Condition, WebhookRecord } from "@heron-webhooks/engine";
import { type AuthScheme, getAuthScheme } from "./auth.ts";

/** A webhook: one customer's standing order. Its secret is told when it is made, and by `webhooks.secrets`. */
export interface Webhook extends Omit<WebhookRecord, "secrets" | "lastFailedAt" | "version" | "conditions"> {
  /** What must hold of an event, beside its topic. */
  readonly conditions: readonly Condition[];
  /** The scheme of its `authorization` header, if it has one of these. */
  readonly auth: AuthScheme | null;
}

/** A webhook that was just made. */
export interface NewWebhook extends Webhook {
  /** What it is signed with: for whoever receives. */
  readonly secret: string;
}

export function toWebhook(record: WebhookRecord): Webhook {
  const { secrets: _secrets, lastFailedAt: _failedAt, version: _version, ...rest } = record;
  return { ...rest, conditions: record.conditions ?? [], auth: getAuthScheme(record.headers) };
}
