import type { RegisteredWebhook, StoredBacklog } from "../../../queue/webhook-queues.ts";

/** What whoever schedules must know of, beside what was asked for. */
export interface StateUpdate {
  readonly registered: RegisteredWebhook[];
  /** Webhooks for which something waits in the file. */
  readonly stored: StoredBacklog[];
}
