import type { Clock, Duration, Logger, RetryPolicy } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";
import type { SenderHooks } from "./dispatch/hooks.ts";
import type { EgressOptions } from "./egress/egress.ts";
import type { Topics } from "./topics/catalogue.ts";

/** What a sender is made from. Nothing is required. */
export interface SenderOptions<T extends Topics = Topics> {
  /** Default: `sqliteStore`, in the file that `HERON_DB` names, or `./heron.db`. */
  readonly store?: Store | undefined;
  /**
   * The topics that the application offers: they type `emit`, which refuses any other, and say what a test of a webhook
   * sends. Default: any topic may be emitted.
   */
  readonly topics?: T | undefined;
  /**
   * Seals secrets, header values and Slack's URLs where they are kept, with AES-256-GCM: 32 bytes, as bytes, base64 or
   * hex; or a list of such keys, the current one first. Default: they are kept as they are.
   */
  readonly encryptionKey?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** What webhooks may reach beyond the public internet over https. Default: nothing. */
  readonly egress?: EgressOptions | undefined;
  /** When a delivery that failed is tried again. Default: `retrySchedules.standard`. */
  readonly retry?: RetryPolicy | undefined;
  /** How many attempts may be under way at once. Default 256. */
  readonly concurrency?: number | undefined;
  /** How long an attempt may take. Default `"15s"`. */
  readonly timeout?: Duration | undefined;
  /** After so long a delivery is dead, time behind a gate included. Default `"72h"`. */
  readonly expireAfter?: Duration | undefined;
  /** After failing for so long a webhook is disabled. Default `"5d"`. */
  readonly disableAfter?: Duration | undefined;
  /** For how long events are kept, with what became of them. Default `"30d"`. */
  readonly keepFor?: Duration | undefined;
  /**
   * How much is kept, in bytes: if it is more, the oldest events go that are settled, however young. What is owed is kept.
   * Default 10 GiB.
   */
  readonly keepBytes?: number | undefined;
  /** How much of a failed attempt's answer is kept, in bytes. Default 4,096. */
  readonly maxResponseBytes?: number | undefined;
  /** How many webhooks an account may have. Default 1,000. */
  readonly maxWebhooks?: number | undefined;
  readonly hooks?: SenderHooks | undefined;
  /** As pino has it; what it throws goes nowhere. Default: warnings and errors, to the console. */
  readonly logger?: Logger | undefined;
  /** For tests. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}
