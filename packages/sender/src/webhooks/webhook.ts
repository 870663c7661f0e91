import type { Condition, WebhookRecord } from "@heron-webhooks/engine";
import { type AuthScheme, getAuthScheme } from "./auth.ts";

/** A webhook in its public form, without its secret. The secret is returned by `create` and `secrets`. */
export interface Webhook extends Omit<WebhookRecord, "secrets" | "lastFailedAt" | "version" | "conditions"> {
  /** Conditions that events must also meet. */
  readonly conditions: readonly Condition[];
  /** The scheme of its `authorization` header, if it is basic or bearer. */
  readonly auth: AuthScheme | null;
}

/** A new webhook with its secret. */
export interface NewWebhook extends Webhook {
  /** The signing secret, for the receiver. */
  readonly secret: string;
}

export function toWebhook(record: WebhookRecord): Webhook {
  const { secrets: _secrets, lastFailedAt: _lastFailedAt, version: _version, ...rest } = record;
  return { ...rest, conditions: record.conditions ?? [], auth: getAuthScheme(record.headers) };
}
