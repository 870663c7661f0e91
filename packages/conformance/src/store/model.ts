import type { AttemptResult, LabelRecord, NewEvent } from "../../../engine/src/index.ts";
import { applyModelLabels, evaluateModelConditions } from "./model-conditions.ts";
import type {
  Claimable,
  ModelDelivery,
  ModelEvent,
  ModelLease,
  ModelPauses,
  ModelWebhook,
  Properties,
} from "./model-records.ts";

const NEVER_ENDS = Number.POSITIVE_INFINITY;

/** The patterns that match the topics of the model's events. */
export const PATTERNS_BY_TOPIC: Readonly<Record<string, readonly string[]>> = {
  "a.b": ["a.b", "a.*", "**", "*"],
  "c.d": ["c.d", "c.*", "**", "*"],
  "label.x": ["label.x", "label.*"],
  "label.y": ["label.y", "label.*"],
};

/** The state of a store as plain lists that are scanned: slow, but obviously correct. */
export class Model {
  now: number;
  readonly run: number;
  readonly maxPending: number;
  /** Every id that the store has returned: ids are never reused. */
  readonly deliveryById: Map<string, ModelDelivery> = new Map();
  reopenCount = 0;
  webhookCount = 0;
  eventCount = 0;
  webhooks: ModelWebhook[] = [];
  events: ModelEvent[] = [];
  deliveries: ModelDelivery[] = [];
  leases: ModelLease[] = [];
  readonly users: Map<string, Properties> = new Map();
  labels: LabelRecord[] = [];
  readonly accountPauses: Map<string, ModelPauses> = new Map();

  constructor(now: number, run: number, maxPending: number) {
    this.now = now;
    this.run = run;
    this.maxPending = maxPending;
  }

  /** Commands use numbers for webhooks; their ids are unique across runs. */
  webhookId(number: number): string {
    return `wbh_${this.run}_${number}`;
  }

  webhook(id: string): ModelWebhook | undefined {
    return this.webhooks.find(({ record }) => record.id === id);
  }

  getPauses(account: string): ModelPauses {
    const pauses = this.accountPauses.get(account) ?? new Map();
    this.accountPauses.set(account, pauses);
    return pauses;
  }

  countPending(account: string): number {
    return this.deliveries.filter(
      ({ event, state }) => event.event.account === account && state === "pending",
    ).length;
  }

  getLiveLeases(at: number = this.now): readonly ModelLease[] {
    return this.leases.filter(({ isEnded, until }) => !isEnded && until > at);
  }

  /** What may be claimed at a time, if nothing but time changes before. */
  getClaimable(at: number = this.now): readonly Claimable[] {
    const leased = this.getLiveLeases(at).map(({ delivery }) => delivery);
    return this.webhooks
      .map((webhook) => {
        const { id, account, enabled, concurrency } = webhook.record;
        const waiting = this.deliveries.filter(
          (delivery) =>
            delivery.webhook === id &&
            delivery.state === "pending" &&
            delivery.dueAt <= at &&
            !leased.includes(delivery),
        );
        const pauses = [...webhook.pauses.values(), ...this.getPauses(account).values()];
        const isActive = enabled && pauses.every((until) => until <= at);
        const maxInFlight = webhook.pauses.has("circuit_open") ? 1 : concurrency;
        const inFlight = leased.filter((delivery) => delivery.webhook === id).length;
        return {
          webhook,
          waiting,
          capacity: isActive ? Math.max(0, Math.min(maxInFlight - inFlight, waiting.length)) : 0,
        };
      })
      .filter(({ capacity }) => capacity > 0);
  }

  /** When something may be claimed by time alone; null for never. */
  getNextClaimableAt(): number | null {
    const times = [
      this.now,
      ...this.deliveries.map(({ dueAt }) => dueAt),
      ...this.getLiveLeases().map(({ until }) => until),
      ...this.webhooks.flatMap(({ pauses }) => [...pauses.values()]),
      ...[...this.accountPauses.values()].flatMap((pauses) => [...pauses.values()]),
    ];
    return (
      times
        .filter((at) => at >= this.now && at !== NEVER_ENDS)
        .sort((timeA, timeB) => timeA - timeB)
        .find((at) => this.getClaimable(at).length > 0) ?? null
    );
  }

  publish(
    event: NewEvent,
  ): { readonly deliveryCount: number; readonly duplicate: boolean } | "limit_reached" {
    const { account, id, idempotent, user } = event;
    const duplicate = this.events.find(
      (candidate) =>
        idempotent &&
        candidate.event.idempotent &&
        candidate.event.account === account &&
        candidate.event.id === id,
    );
    if (duplicate !== undefined) return { deliveryCount: duplicate.deliveryCount, duplicate: true };
    const properties = user === null ? null : (this.users.get(`${account}/${user}`) ?? null);
    const eventsToPublish = [event, ...applyModelLabels(this.getLabels(account), event, properties)].map(
      (publishedEvent) => ({
        event: publishedEvent,
        webhooks: this.#findWebhooks(publishedEvent, properties),
      }),
    );
    const newDeliveries = eventsToPublish.reduce((sum, { webhooks }) => sum + webhooks.length, 0);
    if (this.countPending(account) + newDeliveries > this.maxPending) return "limit_reached";
    for (const { event: derivedEvent, webhooks } of eventsToPublish) {
      const published = {
        event: derivedEvent,
        user: properties,
        publishedAt: this.now,
        deliveryCount: webhooks.length,
      };
      this.events.push(published);
      for (const { record } of webhooks) this.addPending(published, record.id).hasKnownOrder = true;
    }
    return { deliveryCount: eventsToPublish[0]?.webhooks.length ?? 0, duplicate: false };
  }

  getLabels(account: string): readonly LabelRecord[] {
    return this.labels.filter((label) => label.account === account);
  }

  /** Whether a webhook is for an event by its patterns and its conditions. */
  matchesEvent(
    { record: { topics, conditions } }: ModelWebhook,
    event: NewEvent,
    user: Properties | null,
  ): boolean {
    const patterns = PATTERNS_BY_TOPIC[event.topic] ?? [];
    return (
      topics.some((pattern) => patterns.includes(pattern)) && evaluateModelConditions(conditions, event, user)
    );
  }

  #findWebhooks(event: NewEvent, user: Properties | null): readonly ModelWebhook[] {
    return this.webhooks.filter(
      (webhook) =>
        webhook.record.account === event.account &&
        (event.webhook === null
          ? webhook.record.enabled && this.matchesEvent(webhook, event, user)
          : webhook.record.id === event.webhook),
    );
  }

  addPending(event: ModelEvent, webhook: string): ModelDelivery {
    const delivery: ModelDelivery = {
      id: null,
      event,
      webhook,
      state: "pending",
      dueAt: this.now,
      enqueuedAt: this.now,
      attemptsBeforeRequeue: 0,
      hasKnownOrder: false,
      attempts: [],
      reason: null,
    };
    this.deliveries.push(delivery);
    return delivery;
  }

  requeue(delivery: ModelDelivery): void {
    delivery.state = "pending";
    delivery.dueAt = this.now;
    delivery.enqueuedAt = this.now;
    delivery.attemptsBeforeRequeue = delivery.attempts.length;
    delivery.hasKnownOrder = false;
    delivery.reason = null;
  }

  /** Whether the lease was live, and is over now. */
  complete({ lease, completion, attempt }: AttemptResult): boolean {
    const live = this.getLiveLeases().find((candidate) => candidate.lease === lease);
    if (live === undefined) return false;
    live.isEnded = true;
    const { delivery } = live;
    if (attempt !== null)
      delivery.attempts.push({ ...attempt, number: delivery.attempts.length + 1, endedAt: this.now });
    if (completion.state === "retry") {
      delivery.dueAt = this.now + completion.delayMs;
      delivery.hasKnownOrder = true;
    } else if (completion.state !== "release") delivery.state = completion.state;
    if (completion.state === "dead") delivery.reason = completion.reason;
    return true;
  }

  deleteWebhook(id: string): void {
    this.webhooks = this.webhooks.filter(({ record }) => record.id !== id);
    this.deliveries = this.deliveries.filter(({ webhook }) => webhook !== id);
    for (const lease of this.leases) if (lease.delivery.webhook === id) lease.isEnded = true;
  }
}
