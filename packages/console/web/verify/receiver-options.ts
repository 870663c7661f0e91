export interface ReceiverOptions {
  /** The path of the endpoint. */
  readonly path: string;
  /** Whether the body is the event; false if the webhook has a template. */
  readonly receivesEvents: boolean;
}
