import type { TemplateScope } from "@heron-webhooks/core/templates";

/** A compiled condition. */
export interface Predicate {
  readonly test: (scope: TemplateScope) => boolean;
  /** It reads only fields that derived events share with their original. */
  readonly isDataOnly: boolean;
}

/** The fields of a derived event that differ from its original. */
type Overrides = Readonly<Record<"topic" | "id" | "meta", unknown>>;

/** An event as conditions read it. The body is parsed on first use, once. */
export class EventView {
  /** The user's properties as JSON; null if there are none. */
  readonly user: string | null;
  readonly #body: string;
  #scope: TemplateScope | undefined;
  /**
   * Results of predicates on the data, shared by derived events: a thousand webhooks may test the events of a hundred
   * labels.
   */
  #results: Map<Predicate, boolean> = new Map();

  /** `user` has the user's properties as JSON; null if there are none. */
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

  /** A derived event with the same data and user. */
  withOverrides(overrides: Overrides): EventView {
    const view = new EventView(this.#body, this.user);
    view.#scope = { ...this.scope, ...overrides };
    view.#results = this.#results;
    return view;
  }

  /** The result of a predicate. Predicates on the data alone run once. */
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
