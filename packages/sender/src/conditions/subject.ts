import type { TemplateScope } from "@heron-webhooks/core";

/** An event as conditions read it: parsed once, and only if something looks at it. */
export class Subject {
  readonly #body: string;
  readonly #user: string | null;
  #scope: TemplateScope | undefined;

  /** Of an event's body, and of its user's properties as JSON, null for none. */
  constructor(body: string, user: string | null) {
    this.#body = body;
    this.#user = user;
  }

  get scope(): TemplateScope {
    this.#scope ??= {
      ...(JSON.parse(this.#body) as TemplateScope),
      user: this.#user === null ? null : (JSON.parse(this.#user) as unknown),
    };
    return this.#scope;
  }
}
