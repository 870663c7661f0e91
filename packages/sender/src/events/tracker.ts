import { HeronError } from "@heron-webhooks/core";
import type { NewEvent, Published } from "@heron-webhooks/engine";
import type { Catalogue } from "../topics/catalogue.ts";
import type { EmitOptions, Emitted } from "./new-event.ts";
import { type TrackInput, type TrackOptions, tracked } from "./track.ts";

/** What tracking rests on: what is offered, how an event is made, and how it is published. */
export interface TrackerParts {
  readonly catalogue: Catalogue;
  readonly made: (topic: string, data: unknown, options: EmitOptions) => NewEvent;
  readonly publish: (event: NewEvent) => Promise<Emitted>;
}

/** Emits events by the names that an analytics client has for them. */
export interface Tracker {
  track(name: string, options: TrackOptions): Promise<Emitted>;
  trackAll(
    events: readonly TrackInput[],
    options: Pick<TrackOptions, "account">,
  ): Promise<readonly Published[]>;
}

export function tracker({ catalogue, made, publish }: TrackerParts): Tracker {
  const eventOf = (name: string, options: TrackOptions): NewEvent => {
    const { topic, data, options: emitOptions } = tracked(name, options, catalogue.has);
    // What it does not offer is not refused: it is of a topic for what has none.
    if (catalogue.has(topic)) catalogue.check(topic, data);
    return made(topic, data, emitOptions);
  };
  return {
    track: (name, options) => publish(eventOf(name, options)),
    async trackAll(events, { account }) {
      const all = events.map(({ name, ...options }, index) => {
        try {
          return eventOf(name, { ...options, account });
        } catch (error) {
          if (!HeronError.is(error)) throw error;
          throw new HeronError(error.code, error.message, { cause: { index } });
        }
      });
      return Promise.all(all.map((event) => publish(event).catch((error) => refusal(event.id, error))));
    },
  };
}

/** Of the others something may have become; what the store cannot do at all is no answer about one of them. */
function refusal(id: string, error: unknown): Published {
  if (HeronError.is(error, "limit_reached") || HeronError.is(error, "event_too_large"))
    return { id, refused: error };
  throw error;
}
