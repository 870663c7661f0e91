import type { BodyFormat } from "@heron-webhooks/core";
import type { Condition } from "../matching/condition.ts";

/** A secret of a webhook. */
export interface SecretRecord {
  /** As it signs, or sealed if the sender has an encryption key. */
  readonly value: string;
  /** When it ends, in milliseconds since 1970; null for the current one. */
  readonly expiresAt: number | null;
}

/** A webhook as it is kept. */
export interface WebhookRecord {
  /** `wbh_…` */
  readonly id: string;
  readonly account: string;
  readonly url: string;
  /** Patterns. */
  readonly topics: readonly string[];
  /** What must hold of an event, beside that; not there for nothing. */
  readonly conditions?: readonly Condition[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The body template as it was given; undefined for the event itself. */
  readonly template?: unknown;
  readonly format: BodyFormat;
  /** The first signs `Heron-Signature`, each of them `webhook-signature`. */
  readonly secrets: readonly SecretRecord[];
  readonly enabled: boolean;
  /** Who disabled it: its owner, or the sender, since it answered 410 (`gone`) or was `failing` for days. */
  readonly disabledBy: "owner" | "gone" | "failing" | null;
  /** Since when every attempt has failed, in milliseconds since 1970; null if the last one did not. */
  readonly failingSince: number | null;
  /** When the last of these failed, to within half a day; null as `failingSince` is, and not there in old records. */
  readonly lastFailedAt?: number | null;
  readonly concurrency: number;
  /** Attempts a second; null for as many as there are. */
  readonly rateLimit: number | null;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
  /** Goes up with every change. */
  readonly version: number;
}

/** What may be changed of a webhook. */
export type WebhookPatch = Partial<Omit<WebhookRecord, "id" | "account" | "createdAt" | "version">>;

export type DeliveryState = "pending" | "delivered" | "dead";

/** A delivery as it is listed. */
export interface DeliveryRecord {
  /** `dlv_…` */
  readonly id: string;
  readonly webhook: string;
  readonly account: string;
  readonly event: {
    readonly id: string;
    readonly topic: string;
    /** In milliseconds since 1970. */
    readonly publishedAt: number;
  };
  readonly state: DeliveryState;
  readonly attemptCount: number;
  /** In how many milliseconds it is due; null if it is not pending. */
  readonly nextAttemptInMs: number | null;
  /** Of the last attempt; null if there was none, or it had no answer. */
  readonly responseStatus: number | null;
  /** How long the last attempt took, in milliseconds; null if there was none. */
  readonly durationMs: number | null;
  /** Why it is dead, or why the last attempt failed. */
  readonly reason: string | null;
}

/** An attempt as it was recorded. */
export interface AttemptRecord {
  /** From 1. */
  readonly number: number;
  /** When it ended, in milliseconds since 1970. */
  readonly endedAt: number;
  readonly responseStatus: number | null;
  readonly durationMs: number;
  /** Why it failed; null if it did not. */
  readonly reason: string | null;
  /** The beginning of the answer's body; null if there was none or it was not kept. */
  readonly responseBody: string | null;
}

/** A delivery, and all that was tried. */
export interface DeliveryDetails {
  readonly delivery: DeliveryRecord;
  /** Of those that are kept, the oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** Its event, byte for byte as JSON: what a webhook without a template is sent. */
  readonly body: string;
  /** The properties of its user as they were when it was published, as JSON; null for none. */
  readonly user: string | null;
}

/** Some of many, in order. */
export interface Page<T> {
  readonly data: readonly T[];
  /** Where the next page begins; null if this is the last. */
  readonly nextCursor: string | null;
}

export interface PageRequest {
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
  /** Default 50. */
  readonly limit?: number | undefined;
}
