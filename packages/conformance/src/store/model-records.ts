import type {
  AttemptRecord,
  DeliveryState,
  Lease,
  NewEvent,
  PauseChange,
  WebhookRecord,
} from "../../../engine/src/index.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** The end of each pause; infinite for a pause without an end. */
export type ModelPauses = Map<PauseChange["reason"], number>;

export interface ModelWebhook {
  record: WebhookRecord;
  readonly pauses: ModelPauses;
}

export interface ModelEvent {
  readonly event: NewEvent;
  readonly user: Properties | null;
  readonly publishedAt: number;
  /** How many deliveries publishing created. */
  readonly deliveryCount: number;
}

export interface ModelDelivery {
  /** Null until the store has returned it. */
  id: string | null;
  readonly event: ModelEvent;
  readonly webhook: string;
  state: DeliveryState;
  dueAt: number;
  enqueuedAt: number;
  attemptsBeforeRequeue: number;
  /** Its position among those of its webhook is defined: it is not after a release or a requeue. */
  hasKnownOrder: boolean;
  attempts: AttemptRecord[];
  reason: string | null;
}

export interface ModelLease {
  readonly lease: Lease;
  readonly delivery: ModelDelivery;
  until: number;
  isEnded: boolean;
}

/** The deliveries of a webhook that may be claimed, and how many of them at once. */
export interface Claimable {
  readonly webhook: ModelWebhook;
  readonly capacity: number;
  readonly waiting: readonly ModelDelivery[];
}
