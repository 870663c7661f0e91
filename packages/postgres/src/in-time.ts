import { HeronError } from "@heron-webhooks/core";
import { codeOf } from "./failure.ts";

/** What somebody who waits for an answer asks of a database, within a time. */
export class InTime {
  readonly #name: string;
  readonly #timeoutMs: number;
  readonly #rights: string;

  /** `name` and `rights`, what the role needs, are for messages. */
  constructor(name: string, timeoutMs: number, rights: string) {
    this.#name = name;
    this.#timeoutMs = timeoutMs;
    this.#rights = rights;
  }

  /**
   * Limits the whole of an operation: the first brings the schema up to date, and some are tried again. What was asked for may
   * be done all the same afterwards, and is then undone by `giveBack`.
   */
  async answer<T>(asked: Promise<T>, giveBack?: () => Promise<unknown>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(this.#outOfTime());
        // If that fails too, the lease runs out.
        if (giveBack !== undefined) asked.then(giveBack).catch(() => {});
      }, this.#timeoutMs);
    });
    try {
      return await Promise.race([asked, late]);
    } catch (error) {
      throw this.#explained(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What `pg` and the server say only in part. */
  #explained(error: unknown): unknown {
    if (!HeronError.is(error)) return error;
    const { cause } = error;
    if (!(cause instanceof Error)) return error;
    if (cause.message === "Query read timeout") return this.#outOfTime(cause);
    if (codeOf(cause) !== "42501") return error;
    const message = `${this.#name} cannot be used: ${cause.message}. ${this.#rights}`;
    return new HeronError("store_unavailable", message, { cause });
  }

  #outOfTime(cause?: unknown): HeronError {
    return new HeronError(
      "store_unavailable",
      `${this.#name} gave no answer within ${this.#timeoutMs} ms (timeoutMs): it cannot be reached, has too much to do, or all of the pool's connections are in use.`,
      { cause },
    );
  }
}
