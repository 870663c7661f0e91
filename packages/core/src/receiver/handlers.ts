import type { EventMap, EventMatching, HeronEvents, TopicOf } from "../catalog.ts";
import { HeronError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import { formatValue } from "../text.ts";
import { PatternIndex } from "../topics/pattern-index.ts";
import type { PatternOf } from "../topics/types.ts";
import type { ReceiveContext } from "./context.ts";

/** Any string, without widening the literals in a union. */
type AnyPattern = string & Record<never, never>;

/**
 * Handles an event. Returning or resolving completes it: the receiver responds with 200. Throwing responds with 500,
 * and Heron retries; all handlers then run again, so make them idempotent by `context.id`. Throw `Retry` or `Discard`
 * for other responses.
 */
// Method parameters are bivariant, so a handler of one topic is assignable among patterns.
export type Handler<E extends WebhookEvent = WebhookEvent, Source = unknown> = {
  handle(event: E, context: ReceiveContext<Source>): unknown;
}["handle"];

/** Handlers by pattern. The pattern determines the event's type. */
export type Handlers<Events extends EventMap = HeronEvents, Source = unknown> = {
  readonly [P in PatternOf<TopicOf<Events>> | TopicOf<Events> | AnyPattern]?: OneOrMore<
    Handler<EventMatching<Events, P>, Source>
  >;
};

type OneOrMore<T> = T | readonly T[];

/** @throws HeronError `option_invalid`, `pattern_invalid` */
export function indexHandlers<Source>(on: object): PatternIndex<Handler<WebhookEvent, Source>> {
  const index = new PatternIndex<Handler<WebhookEvent, Source>>();
  for (const [pattern, value] of Object.entries(on)) {
    const handlers: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (handlers.length === 0)
      throw new HeronError("option_invalid", `on[${JSON.stringify(pattern)}] holds no handler.`);
    for (const handler of handlers) {
      if (typeof handler !== "function")
        throw new HeronError(
          "option_invalid",
          `on[${JSON.stringify(pattern)}] must be a function or a list of functions; it holds ${formatValue(handler)}.`,
        );
      index.add(pattern, handler as Handler<WebhookEvent, Source>);
    }
  }
  return index;
}
