import { createLabelsTooLargeError, createPendingLimitError } from "../../limits.ts";
import { Batcher } from "../../queue/batcher.ts";
import type { QueuedDelivery } from "../../queue/queued-delivery.ts";
import type { NewEvent, PublishResult } from "../store.ts";
import {
  DELIVERY_COLUMNS,
  DUPLICATE,
  LIMIT_REACHED,
  type PackedPublishResult,
  packEvents,
  TOO_LARGE,
} from "./packed.ts";
import type { QueueContext } from "./queue-context.ts";

/** Writes events to the file, then enqueues buffered deliveries in memory. */
export class SqlitePublisher {
  readonly #context: QueueContext;
  readonly #maxPending: number;
  readonly #batcher: Batcher<NewEvent, PackedPublishResult>;

  constructor(context: QueueContext, maxPending: number) {
    this.#context = context;
    this.#maxPending = maxPending;
    this.#batcher = new Batcher(async (take) => {
      let events: readonly NewEvent[] = [];
      const packed = await context.thread.callDeferred("publish", () => {
        events = take();
        return [packEvents(events)];
      });
      this.#enqueue(events, packed);
      return packed;
    });
  }

  async publish(events: readonly NewEvent[]): Promise<readonly PublishResult[]> {
    const { result, offset } = await this.#batcher.add(events);
    return events.map(({ id }, i) => this.#toPublishResult(id, result, offset + i));
  }

  #enqueue(
    events: readonly NewEvent[],
    { deliveries, publishedAt, users, derivedEvents }: PackedPublishResult,
  ): void {
    const { thread, localQueue, queues } = this.#context;
    const now = this.#context.now();
    let event: QueuedDelivery["event"] | undefined;
    let previousIndex = -1;
    for (let i = 0; i < deliveries.length; i += DELIVERY_COLUMNS) {
      const eventIndex = deliveries[i] as number;
      const number = deliveries[i + 1] as number;
      const queue = queues.get(deliveries[i + 2] as number);
      if (deliveries[i + 3] !== 1 || queue === undefined) continue;
      // The deliveries of an event are adjacent.
      if (event === undefined || eventIndex !== previousIndex)
        event =
          derivedEvents[eventIndex - events.length] ??
          toQueuedEvent(events[eventIndex] as NewEvent, users[eventIndex] ?? null);
      previousIndex = eventIndex;
      const delivery: QueuedDelivery = {
        id: thread.formatDeliveryId(number),
        sequence: number,
        event,
        queue,
        attemptCount: 0,
        attemptsBeforeRequeue: 0,
        enqueuedAt: publishedAt,
        dueAt: publishedAt,
      };
      localQueue.enqueue(delivery, now);
    }
  }

  #toPublishResult(id: string, { outcomes }: PackedPublishResult, i: number): PublishResult {
    const outcome = outcomes[2 * i];
    const count = outcomes[2 * i + 1] ?? 0;
    if (outcome === TOO_LARGE) return { id, error: createLabelsTooLargeError() };
    if (outcome === LIMIT_REACHED) return { id, error: createPendingLimitError(count, this.#maxPending) };
    return { id, deliveryCount: count, duplicate: outcome === DUPLICATE };
  }
}

function toQueuedEvent({ topic, body, traceparent }: NewEvent, user: string | null): QueuedDelivery["event"] {
  return { topic, body, user, traceparent: traceparent ?? null };
}
