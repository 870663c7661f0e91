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

/** How a receiver is made. Every option may be left out; without `secret`, HERON_WEBHOOK_SECRET must be set. */
export interface ReceiverOptions<Events extends EventMap = HeronEvents, Source = unknown> {
  /** Where it listens: the whole path of the URL; in Fastify, below the plugin's prefix. Default: `/webhooks/heron`. */
  readonly path?: string | undefined;
  /** The `sec_…`, several of them while one is replaced, or a function that finds them. Default: HERON_WEBHOOK_SECRET. */
  readonly secret?: Secrets | SecretFunction<Source> | undefined;
  /** Handlers by pattern. */
  readonly on?: Handlers<Events, Source> | undefined;
  /** Where handled events are remembered, and by what; false to handle whatever comes. Default: in memory, for 24 h. */
  readonly dedupe?: DedupeStore | DedupeOptions | false | undefined;
  /**
   * How far `created` may lie from now, before or after. Off by default, since Heron may send the same `created`
   * again for as long as it retries: 21 minutes. An event without `created` is then refused.
   */
  readonly tolerance?: Duration | undefined;
  /** Accept only a signature over the bytes as they came. Default: false. */
  readonly rawBodyOnly?: boolean | undefined;
  /** The largest body, in bytes. Default: 1 MiB. */
  readonly bodyLimit?: number | undefined;
  /** JSON Schemas for an event's `data`, by pattern; every one that matches must hold. */
  readonly schemas?:
    | { readonly [P in PatternOf<TopicOf<Events>> | (string & Record<never, never>)]?: JsonSchema }
    | undefined;
  /** The time from arrival to reply. Default: 9 s; Heron waits 10. */
  readonly timeout?: Duration | undefined;
  /** The header that carries the signature. Default: `heron-signature`. */
  readonly signatureHeader?: string | undefined;
  /** Told of every failure, handlers' included. */
  readonly onError?: OnError | undefined;
  /** Where to log, in pino's shape; false for nowhere. Default: warnings and errors as JSON lines on standard error. */
  readonly logger?: Logger | false | undefined;
  /** Tells this receiver from others in logs and dedupe keys. Default: `heron`. */
  readonly name?: string | undefined;
  /** For tests. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

export interface DedupeOptions {
  /** Default: `memoryDedupe()`. */
  readonly store?: DedupeStore | undefined;
  /** How long a handled event is remembered. Default: 24 h. */
  readonly ttl?: Duration | undefined;
  /** What makes two events the same. Default: `context.id`. */
  readonly key?: ((event: WebhookEvent, context: ReceiveContext) => string) | undefined;
}
