import type { EventMap, HeronEvents, TopicOf } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type { Duration } from "../duration.ts";
import type { WebhookEvent } from "../event.ts";
import type { JsonSchema } from "../schema.ts";
import type { PatternOf } from "../topics/types.ts";
import type { ReceiveContext } from "./context.ts";
import type { DedupeStore } from "./dedupe.ts";
import type { Handlers } from "./handlers.ts";
import type { Logger, OnError } from "./logger.ts";
import type { SecretFunction, Secrets } from "./secrets.ts";

/** Options of a receiver. All are optional; without `secret`, HERON_WEBHOOK_SECRET must be set. */
export interface ReceiverOptions<Events extends EventMap = HeronEvents, Source = unknown> {
  /** The whole path of the URL; in Fastify, below the plugin's prefix. Default: `/webhooks/heron`. */
  readonly path?: string | undefined;
  /** The `sec_…`, several during a rotation, or a function that finds them. Default: HERON_WEBHOOK_SECRET. */
  readonly secret?: Secrets | SecretFunction<Source> | undefined;
  /** Handlers by pattern. */
  readonly on?: Handlers<Events, Source> | undefined;
  /** The dedupe store and key; false to handle duplicates. Default: in memory, for 24 h. */
  readonly dedupe?: DedupeStore | DedupeOptions | false | undefined;
  /**
   * The largest difference between `created` and now. Off by default, since Heron retries an event with the same
   * `created` for 21 minutes. With a tolerance, events without `created` are rejected.
   */
  readonly tolerance?: Duration | undefined;
  /** Accept only a signature over the bytes as received. Default: false. */
  readonly rawBodyOnly?: boolean | undefined;
  /** The largest body, in bytes. Default: 1 MiB. */
  readonly bodyLimit?: number | undefined;
  /** JSON Schemas for an event's `data`, by pattern. All matching schemas must be valid. */
  readonly schemas?:
    | { readonly [P in PatternOf<TopicOf<Events>> | (string & Record<never, never>)]?: JsonSchema }
    | undefined;
  /** The time from arrival to response. Default: 9 s; Heron waits 10 s. */
  readonly timeout?: Duration | undefined;
  /** The header that carries the signature. Default: `heron-signature`. */
  readonly signatureHeader?: string | undefined;
  /** Called for every failure, including those of handlers. */
  readonly onError?: OnError | undefined;
  /** A logger such as pino; false for none. Default: warnings and errors as JSON lines on standard error. */
  readonly logger?: Logger | false | undefined;
  /** The receiver's name in logs and dedupe keys. Default: `heron`. */
  readonly name?: string | undefined;
  /** For tests. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

export interface DedupeOptions {
  /** Default: `memoryDedupe()`. */
  readonly store?: DedupeStore | undefined;
  /** How long a handled event is stored. Default: 24 h. */
  readonly ttl?: Duration | undefined;
  /** The key of an event. Default: `context.id`. */
  readonly key?: ((event: WebhookEvent, context: ReceiveContext) => string) | undefined;
}
