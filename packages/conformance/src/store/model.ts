import type { LabelRecord, NewEvent, Settlement } from "../../../engine/src/index.ts";
import type {
  Claimable,
  ModelDelivery,
  ModelEvent,
  ModelGates,
  ModelLease,
  ModelWebhook,
  Properties,
} from "./model-records.ts";
import { holds, labeledBy } from "./model-rules.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** The patterns that match the topics of the model's events. */
export const PATTERNS: Readonly<Record<string, readonly string[]>> = {
  "a.b": ["a.b", "a.*", "**", "*"],
  "c.d": ["c.d", "c.*", "**", "*"],
  "label.x": ["label.x", "label.*"],
  "label.y": ["label.y", "label.*"],
};

/** What a store holds, as plain lists that are searched from end to end: slow, and easy to believe. */
export class Model {
  now: number;
  readonly run: number;
  readonly maxPending: number;
  /** What was ever named: no name comes again. */
  readonly named: Map<string, ModelDelivery> = new Map();
  /** How often the store was closed and opened again. */
  reopened = 0;
  webhooksMade = 0;
  eventsMade = 0;
  webhooks: ModelWebhook[] = [];
  events: ModelEvent[] = [];
  deliveries: ModelDelivery[] = [];
  leases: ModelLease[] = [];
  readonly users: Map<string, Properties> = new Map();
  labels: LabelRecord[] = [];
  readonly accountGates: Map<string, ModelGates> = new Map();

  constructor(now: number, run: number, maxPending: number) {
    this.now = now;
    this.run = run;
    this.maxPending = maxPending;
  }

  /** Webhooks go by numbers in commands, and have names that no other run uses. */
  webhookId(number: number): string {
    return `wbh_${this.run}_${number}`;
  }

  webhook(id: string): ModelWebhook | undefined {
    return this.webhooks.find(({ record }) => record.id === id);
  }

  gatesOf(account: string): ModelGates {
    const gates = this.accountGates.get(account) ?? new Map();
    this.accountGates.set(account, gates);
    return gates;
  }

  pendingOf(account: string): number {
    return this.deliveries.filter(
      ({ event, state }) => event.event.account === account && state === "pending",
    ).length;
  }

  live(at: number = this.now): readonly ModelLease[] {
    return this.leases.filter(({ ended, until }) => !ended && until > at);
  }

  /** What may be claimed at a time, if nothing but time changes until then. */
  claimable(at: number = this.now): readonly Claimable[] {
    const leased = this.live(at).map(({ delivery }) => delivery);
    return this.webhooks
      .map((webhook) => {
        const { id, account, enabled, concurrency } = webhook.record;
        const waiting = this.deliveries.filter(
          (delivery) =>
            delivery.webhook === id &&
            delivery.state === "pending" &&
            delivery.due <= at &&
            !leased.includes(delivery),
        );
        const gates = [...webhook.gates.values(), ...this.gatesOf(account).values()];
        const isOpen = enabled && gates.every((until) => until <= at);
        const most = webhook.gates.has("circuit") ? 1 : concurrency;
        const busy = leased.filter((delivery) => delivery.webhook === id).length;
        return { webhook, waiting, room: isOpen ? Math.max(0, Math.min(most - busy, waiting.length)) : 0 };
      })
      .filter(({ room }) => room > 0);
  }

  /** When something may be claimed by time alone; null for never. */
  nextMoment(): number | null {
    const times = [
      this.now,
      ...this.deliveries.map(({ due }) => due),
      ...this.live().map(({ until }) => until),
      ...this.webhooks.flatMap(({ gates }) => [...gates.values()]),
      ...[...this.accountGates.values()].flatMap((gates) => [...gates.values()]),
    ];
    return (
      times
        .filter((at) => at >= this.now && at !== NEVER)
        .sort((one, other) => one - other)
        .find((at) => this.claimable(at).length > 0) ?? null
    );
  }

  publish(event: NewEvent): { readonly deliveries: number; readonly duplicate: boolean } | "refused" {
    const { account, id, idempotent, user } = event;
    const known = this.events.find(
      (other) =>
        idempotent && other.event.idempotent && other.event.account === account && other.event.id === id,
    );
    if (known !== undefined) return { deliveries: known.made, duplicate: true };
    const copy = user === null ? null : (this.users.get(`${account}/${user}`) ?? null);
    const all = [event, ...labeledBy(this.labelsOf(account), event, copy)].map((one) => ({
      event: one,
      webhooks: this.#webhooksFor(one, copy),
    }));
    const owed = all.reduce((sum, { webhooks }) => sum + webhooks.length, 0);
    if (this.pendingOf(account) + owed > this.maxPending) return "refused";
    for (const { event: one, webhooks } of all) {
      const published = { event: one, user: copy, at: this.now, made: webhooks.length };
      this.events.push(published);
      for (const { record } of webhooks) this.owe(published, record.id).inOrder = true;
    }
    return { deliveries: all[0]?.webhooks.length ?? 0, duplicate: false };
  }

  labelsOf(account: string): readonly LabelRecord[] {
    return this.labels.filter((label) => label.account === account);
  }

  /** Whether a webhook is for an event by its patterns and its conditions. */
  wants({ record: { topics, when } }: ModelWebhook, event: NewEvent, user: Properties | null): boolean {
    const patterns = PATTERNS[event.topic] ?? [];
    return topics.some((pattern) => patterns.includes(pattern)) && holds(when, event, user);
  }

  #webhooksFor(event: NewEvent, user: Properties | null): readonly ModelWebhook[] {
    return this.webhooks.filter(
      (webhook) =>
        webhook.record.account === event.account &&
        (event.webhook === null
          ? webhook.record.enabled && this.wants(webhook, event, user)
          : webhook.record.id === event.webhook),
    );
  }

  owe(event: ModelEvent, webhook: string): ModelDelivery {
    const delivery: ModelDelivery = {
      id: null,
      event,
      webhook,
      state: "pending",
      due: this.now,
      since: this.now,
      before: 0,
      inOrder: false,
      attempts: [],
      reason: null,
    };
    this.deliveries.push(delivery);
    return delivery;
  }

  revive(delivery: ModelDelivery): void {
    const { now } = this;
    const owed = { state: "pending", due: now, since: now, before: delivery.attempts.length };
    Object.assign(delivery, { ...owed, inOrder: false, reason: null });
  }

  /** Whether the lease was live, and is over now. */
  settle({ lease, settled, attempt }: Settlement): boolean {
    const held = this.live().find((one) => one.lease === lease);
    if (held === undefined) return false;
    held.ended = true;
    const { delivery } = held;
    if (attempt !== null)
      delivery.attempts.push({ ...attempt, number: delivery.attempts.length + 1, at: this.now });
    if (settled.state === "retry")
      Object.assign(delivery, { due: this.now + settled.delayMs, inOrder: true });
    else if (settled.state !== "release") delivery.state = settled.state;
    if (settled.state === "dead") delivery.reason = settled.reason;
    return true;
  }

  remove(id: string): void {
    this.webhooks = this.webhooks.filter(({ record }) => record.id !== id);
    this.deliveries = this.deliveries.filter(({ webhook }) => webhook !== id);
    for (const held of this.leases) if (held.delivery.webhook === id) held.ended = true;
  }
}
