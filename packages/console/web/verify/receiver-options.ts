/** What a receiver is to take. */
export interface ReceiverOptions {
  /** Where it listens. */
  readonly path: string;
  /** Whether the body is the event as it is; else it is one of the webhook's own. */
  readonly receivesEvents: boolean;
}
