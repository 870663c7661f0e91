import type {
  AttemptRecord,
  DeliveryState,
  PauseChange,
  Lease,
  NewEvent,
  WebhookRecord,
} from "../../../engine/src/index.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** Until when gates are closed; infinite until somebody opens one. */
export type ModelPauses = Map<PauseChange["gate"], number>;

export interface ModelWebhook {
  record: WebhookRecord;
  readonly pauses: ModelPauses;
}

export interface ModelEvent {
  readonly event: NewEvent;
  readonly user: Properties | null;
  readonly publishedAt: number;
  /** How many deliveries it made when it was published. */
  readonly deliveryCount: number;
}

export interface ModelDelivery {
  /** Null until the store has said it. */
  id: string | null;
  readonly event: ModelEvent;
  readonly webhook: string;
  state: DeliveryState;
  dueAt: number;
  /** Since when it has been owed, and after how many attempts. */
  enqueuedAt: number;
  attemptsBeforeRequeue: number;
  /** Its place among those of its webhook is known: nobody says where one stands that was released or revived. */
  hasKnownOrder: boolean;
  attempts: AttemptRecord[];
  /** Why it is dead. */
  reason: string | null;
}

export interface ModelLease {
  readonly lease: Lease;
  readonly delivery: ModelDelivery;
  until: number;
  isEnded: boolean;
}

/** What may be claimed of a webhook: so many of these. */
export interface Claimable {
  readonly webhook: ModelWebhook;
  readonly capacity: number;
  readonly waiting: readonly ModelDelivery[];
}
