import type { EventMap, EventMatching, HeronEvents, TopicOf } from "../catalog.ts";
import { HeronError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import { formatValue } from "../text.ts";
import { PatternIndex } from "../topics/pattern-index.ts";
import type { PatternOf } from "../topics/types.ts";
import type { ReceiveContext } from "./context.ts";

/** Any string, without swallowing the literals it stands beside. */
type AnyPattern = string & Record<never, never>;

/**
 * Does what an event asks for. Returning, or resolving, says that it is done: the event is answered with 200 and
 * will not be handled again. Throwing leaves it undone: it is answered with 500 and comes again whole, so a handler
 * is to be idempotent by `context.id`. `Retry` and `Discard` say more than a plain error.
 */
// A method's parameters are compared both ways, which is what lets a handler of one topic stand among patterns.
export type Handler<E extends WebhookEvent = WebhookEvent, Source = unknown> = {
  handle(event: E, context: ReceiveContext<Source>): unknown;
}["handle"];

/** Handlers by pattern: the event's type follows from the pattern. */
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
