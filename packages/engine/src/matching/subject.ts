import type { TemplateScope } from "@heron-webhooks/core";

/** Something that can be asked of an event. */
export interface Question {
  readonly holds: (scope: TemplateScope) => boolean;
  /** It reads nothing that an event which a label makes has otherwise. */
  readonly isOfData: boolean;
}

/** What an event that a label makes has otherwise than the one it names. */
type Own = Readonly<Record<"topic" | "id" | "meta", unknown>>;

/** An event as conditions read it: parsed once, and only if something looks at it. */
export class Subject {
  /** The properties of its user as JSON; null for none. */
  readonly user: string | null;
  readonly #body: string;
  #scope: TemplateScope | undefined;
  /** What was asked of the data: a thousand webhooks may ask it of a hundred labels' events. */
  #answers: Map<Question, boolean> = new Map();

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
  named(own: Own): Subject {
    const other = new Subject(this.#body, this.user);
    other.#scope = { ...this.scope, ...own };
    other.#answers = this.#answers;
    return other;
  }

  /** The answer to a question, which is asked of the data once. */
  answers(question: Question): boolean {
    if (!question.isOfData) return question.holds(this.scope);
    let answer = this.#answers.get(question);
    if (answer === undefined) {
      answer = question.holds(this.scope);
      this.#answers.set(question, answer);
    }
    return answer;
  }
}
