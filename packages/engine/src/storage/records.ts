import type { BodyFormat } from "@heron-webhooks/core/delivery";
import type { Condition } from "../matching/condition.ts";

/** A secret of a webhook. */
export interface SecretRecord {
  /** The secret, encrypted if the sender has an encryption key. */
  readonly value: string;
  /** When it expires, in milliseconds since 1970; null for the current secret. */
  readonly expiresAt: number | null;
}

/** A webhook as stored. */
export interface WebhookRecord {
  /** `wbh_…` */
  readonly id: string;
  readonly account: string;
  readonly url: string;
  /** Topic patterns. */
  readonly topics: readonly string[];
  /** Conditions that events must also meet; omitted if there are none. */
  readonly conditions?: readonly Condition[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The body template as given; undefined to send the event itself. */
  readonly template?: unknown;
  readonly format: BodyFormat;
  /** The first signs `Heron-Signature`; all sign `webhook-signature`. */
  readonly secrets: readonly SecretRecord[];
  readonly enabled: boolean;
  /**
   * Why it is disabled: by its owner, or by the sender because it responded 410 (`gone`) or failed for days
   * (`failing`).
   */
  readonly disabledBy: "owner" | "gone" | "failing" | null;
  /** Since when all attempts have failed, in milliseconds since 1970; null if the last attempt succeeded. */
  readonly failingSince: number | null;
  /** When the last attempt failed, to within half a day; null if `failingSince` is null. */
  readonly lastFailedAt?: number | null;
  readonly concurrency: number;
  /** Attempts per second; null for no limit. */
  readonly rateLimit: number | null;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
  /** Incremented by every change. */
  readonly version: number;
}

/** The fields of a webhook that can be updated. */
export type WebhookPatch = Partial<Omit<WebhookRecord, "id" | "account" | "createdAt" | "version">>;

export type DeliveryState = "pending" | "delivered" | "dead";

/** A delivery in a list. */
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
  /** Milliseconds until the delivery is due; null if it is not pending. */
  readonly nextAttemptInMs: number | null;
  /** The status of the last attempt's response; null if there is none. */
  readonly responseStatus: number | null;
  /** The duration of the last attempt, in milliseconds; null if there was none. */
  readonly durationMs: number | null;
  /** Why the delivery is dead, or why its last attempt failed. */
  readonly reason: string | null;
}

/** A recorded attempt. */
export interface AttemptRecord {
  /** Starts at 1. */
  readonly number: number;
  /** When it ended, in milliseconds since 1970. */
  readonly endedAt: number;
  readonly responseStatus: number | null;
  readonly durationMs: number;
  /** Why the attempt failed; null if it succeeded. */
  readonly reason: string | null;
  /** The beginning of the response body; null if there was none or it was not stored. */
  readonly responseBody: string | null;
}

/** A delivery with its attempts. */
export interface DeliveryDetails {
  readonly delivery: DeliveryRecord;
  /** The stored attempts, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** The event as JSON, byte for byte: the body that a webhook without a template receives. */
  readonly body: string;
  /** The user's properties at publish time, as JSON; null if there are none. */
  readonly user: string | null;
}

/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  /** The cursor of the next page; null on the last page. */
  readonly nextCursor: string | null;
}

export interface PageRequest {
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined;
  /** Default 50. */
  readonly limit?: number | undefined;
}
