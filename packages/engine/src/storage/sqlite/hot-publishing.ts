import { labelsTooLarge, tooManyPending } from "../../limits.ts";
import { Gathered } from "../../queue/gathered.ts";
import type { HotDelivery } from "../../queue/hot-delivery.ts";
import type { NewEvent, Published } from "../store.ts";
import type { HotParts } from "./hot-parts.ts";
import { BIRTH_WIDTH, DUPLICATE, type PackedPublished, packEvents, REFUSED, TOO_LARGE } from "./packed.ts";

/** Publishes: into the file, and then, where there is room, into memory. */
export class HotPublishing {
  readonly #parts: HotParts;
  readonly #maxPending: number;
  readonly #gathered: Gathered<NewEvent, PackedPublished>;

  constructor(parts: HotParts, maxPending: number) {
    this.#parts = parts;
    this.#maxPending = maxPending;
    this.#gathered = new Gathered(async (take) => {
      let events: readonly NewEvent[] = [];
      const packed = await parts.thread.askLater("publish", () => {
        events = take();
        return [packEvents(events)];
      });
      this.#bear(events, packed);
      return packed;
    });
  }

  async publish(events: readonly NewEvent[]): Promise<readonly Published[]> {
    const { result, from } = await this.#gathered.give(events);
    return events.map(({ id }, i) => this.#publishedOf(id, result, from + i));
  }

  #bear(events: readonly NewEvent[], { births, at, users, labeled }: PackedPublished): void {
    const { thread, hot, lanes } = this.#parts;
    const now = this.#parts.now();
    let event: HotDelivery["event"] | undefined;
    let of = -1;
    for (let i = 0; i < births.length; i += BIRTH_WIDTH) {
      const place = births[i] as number;
      const number = births[i + 1] as number;
      const lane = lanes.get(births[i + 2] as number);
      if (births[i + 3] !== 1 || lane === undefined) continue;
      // Those of one event stand together.
      if (event === undefined || place !== of)
        event = labeled[place - events.length] ?? hotEvent(events[place] as NewEvent, users[place] ?? null);
      of = place;
      const delivery: HotDelivery = {
        id: thread.deliveryId(number),
        sequence: number,
        event,
        lane,
        attempts: 0,
        attemptsBefore: 0,
        owedSince: at,
        due: at,
      };
      hot.push(delivery, now);
    }
  }

  #publishedOf(id: string, { outcomes }: PackedPublished, i: number): Published {
    const outcome = outcomes[2 * i];
    const count = outcomes[2 * i + 1] ?? 0;
    if (outcome === TOO_LARGE) return { id, refused: labelsTooLarge() };
    if (outcome === REFUSED) return { id, refused: tooManyPending(count, this.#maxPending) };
    return { id, deliveries: count, duplicate: outcome === DUPLICATE };
  }
}

function hotEvent({ topic, body, traceparent }: NewEvent, user: string | null): HotDelivery["event"] {
  return { topic, body, user, traceparent: traceparent ?? null };
}
