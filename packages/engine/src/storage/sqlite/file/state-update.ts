import type { RegisteredWebhook, StoredBacklog } from "../../../queue/webhook-queues.ts";

/** Changes that the main thread must apply, in addition to the results of its calls. */
export interface StateUpdate {
  readonly registered: RegisteredWebhook[];
  /** Webhooks with deliveries that wait in the file. */
  readonly stored: StoredBacklog[];
}
