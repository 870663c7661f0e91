import type { Clock, Duration, Logger } from "@heron-webhooks/core";
import type { RetryPolicy } from "@heron-webhooks/core/delivery";
import type { Store } from "@heron-webhooks/engine";
import type { SenderHooks } from "./dispatch/hooks.ts";
import type { EgressOptions } from "./egress/egress.ts";
import type { Topics } from "./topics/catalogue.ts";

/** The options of {@link createSender}. All are optional. */
export interface SenderOptions<T extends Topics = Topics> {
  /** Default: `sqliteStore` with the path in `HERON_DB`, or `./heron.db`. */
  readonly store?: Store | undefined;
  /**
   * The topics that the application offers. They type `emit`, which rejects any other topic, and provide the examples
   * of test events. Default: any topic may be emitted.
   */
  readonly topics?: T | undefined;
  /**
   * Encrypts secrets, header values and Slack URLs at rest with AES-256-GCM. A key is 32 bytes, as bytes, base64 or
   * hex; a list has the current key first. Default: stored in plain text.
   */
  readonly encryptionKey?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** The addresses and schemes that webhooks may use beyond public addresses over https. Default: none. */
  readonly egress?: EgressOptions | undefined;
  /** When failed deliveries are retried. Default: `retryPolicies.standard`. */
  readonly retry?: RetryPolicy | undefined;
  /** How many attempts may be in flight. Default 256. */
  readonly concurrency?: number | undefined;
  /** How long an attempt may take. Default `"15s"`. */
  readonly timeout?: Duration | undefined;
  /** How long a delivery may be pending, including the time that it is paused. Then it is dead. Default `"72h"`. */
  readonly expireAfter?: Duration | undefined;
  /** How long a webhook may fail before it is disabled. Default `"5d"`. */
  readonly disableAfter?: Duration | undefined;
  /** How long events and their deliveries are retained. Default `"30d"`. */
  readonly keepFor?: Duration | undefined;
  /**
   * The size of the log, in bytes. Beyond it the oldest events are pruned, except those with pending deliveries.
   * Default 10 GiB.
   */
  readonly keepBytes?: number | undefined;
  /** How much of a failed attempt's response body is stored, in bytes. Default 4,096. */
  readonly maxResponseBytes?: number | undefined;
  /** Webhooks per account. Default 1,000. */
  readonly maxWebhooks?: number | undefined;
  readonly hooks?: SenderHooks | undefined;
  /** A logger such as pino. Its errors are ignored. Default: warnings and errors, to the console. */
  readonly logger?: Logger | undefined;
  /** For tests. Default: the system clock. */
  readonly clock?: Clock | undefined;
}
