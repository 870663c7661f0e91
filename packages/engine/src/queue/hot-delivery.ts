import type { WebhookRecord } from "../storage/records.ts";
import { Lane } from "./lane.ts";
import type { Turns } from "./scheduler.ts";

/** An event, as long as a delivery of it is in memory. */
export interface HotEvent {
  readonly topic: string;
  readonly body: string;
  /** The user's properties as they were, as JSON; null for none. */
  readonly user: string | null;
  /** The span it was emitted in; null for none. */
  readonly traceparent: string | null;
}

/** A delivery in memory, that waits or is leased. */
export interface HotDelivery {
  readonly id: string;
  /** Of deliveries that are due at the same time the older goes first. */
  readonly sequence: number;
  readonly event: HotEvent;
  readonly lane: HotLane;
  readonly attempts: number;
  /** How many attempts there were when it was last made pending. */
  readonly attemptsBefore: number;
  /** When it was last made pending, in milliseconds since 1970. */
  readonly owedSince: number;
  readonly due: number;
}

/** A webhook with work. */
export class HotLane extends Lane<HotDelivery> {
  readonly account: Turns<HotDelivery>;

  constructor(account: Turns<HotDelivery>, record: WebhookRecord, now: number) {
    super(record, now);
    this.account = account;
  }
}
