import { HeronError } from "@heron-webhooks/core";
import type { NewEvent, PublishResult } from "@heron-webhooks/engine";
import type { Catalogue } from "../topics/catalogue.ts";
import type { EmitOptions, EmitResult } from "./new-event.ts";
import { type TrackInput, type TrackOptions, toTrackedEvent } from "./track.ts";

export interface TrackerContext {
  readonly catalogue: Catalogue;
  readonly createEvent: (topic: string, data: unknown, options: EmitOptions) => NewEvent;
  readonly publish: (event: NewEvent) => Promise<EmitResult>;
}

/** Emits events by the names of an analytics client. */
export interface Tracker {
  track(name: string, options: TrackOptions): Promise<EmitResult>;
  trackAll(
    events: readonly TrackInput[],
    options: Pick<TrackOptions, "account">,
  ): Promise<readonly PublishResult[]>;
}

export function createTracker({ catalogue, createEvent, publish }: TrackerContext): Tracker {
  const toEvent = (name: string, options: TrackOptions): NewEvent => {
    const { topic, data, options: emitOptions } = toTrackedEvent(name, options, catalogue.has);
    // An event outside the catalogue has a `track.` topic, which is not checked.
    if (catalogue.has(topic)) catalogue.check(topic, data);
    return createEvent(topic, data, emitOptions);
  };
  return {
    track: (name, options) => publish(toEvent(name, options)),
    async trackAll(events, { account }) {
      const newEvents = events.map(({ name, ...options }, index) => {
        try {
          return toEvent(name, { ...options, account });
        } catch (error) {
          if (!HeronError.is(error)) throw error;
          throw new HeronError(error.code, error.message, { cause: { index } });
        }
      });
      return Promise.all(
        newEvents.map((event) => publish(event).catch((error) => toErrorResult(event.id, error))),
      );
    },
  };
}

/** Rejections of single events become results; an error of the store rejects the whole call. */
function toErrorResult(id: string, error: unknown): PublishResult {
  if (HeronError.is(error, "limit_reached") || HeronError.is(error, "event_too_large")) return { id, error };
  throw error;
}
