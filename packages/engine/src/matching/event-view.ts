import type { TemplateScope } from "@heron-webhooks/core";

/** Something that can be asked of an event. */
export interface Predicate {
  readonly test: (scope: TemplateScope) => boolean;
  /** It reads nothing that an event which a label makes has otherwise. */
  readonly isDataOnly: boolean;
}

/** What an event that a label makes has otherwise than the one it names. */
type Overrides = Readonly<Record<"topic" | "id" | "meta", unknown>>;

/** An event as conditions read it: parsed once, and only if something looks at it. */
export class EventView {
  /** The properties of its user as JSON; null for none. */
  readonly user: string | null;
  readonly #body: string;
  #scope: TemplateScope | undefined;
  /** What was asked of the data: a thousand webhooks may ask it of a hundred labels' events. */
  #results: Map<Predicate, boolean> = new Map();

  /** Of an event's body, and of its user's properties as JSON, null for none. */
  constructor(body: string, user: string | null) {
    this.#body = body;
    this.user = user;
  }

  get scope(): TemplateScope {
    this.#scope ??= {
      ...(JSON.parse(this.#body) as TemplateScope),
      user: this.user === null ? null : (JSON.parse(this.user) as unknown),
    };
    return this.#scope;
  }

  /** Another event of the same data, about the same user. */
  withOverrides(overrides: Overrides): EventView {
    const view = new EventView(this.#body, this.user);
    view.#scope = { ...this.scope, ...overrides };
    view.#results = this.#results;
    return view;
  }

  /** The answer to a question, which is asked of the data once. */
  evaluate(predicate: Predicate): boolean {
    if (!predicate.isDataOnly) return predicate.test(this.scope);
    let result = this.#results.get(predicate);
    if (result === undefined) {
      result = predicate.test(this.scope);
      this.#results.set(predicate, result);
    }
    return result;
  }
}
