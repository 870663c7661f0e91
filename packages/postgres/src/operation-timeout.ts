import { HeronError } from "@heron-webhooks/core";
import { getErrorCode } from "./database-errors.ts";

/** What somebody who waits for an answer asks of a database, within a time. */
export class OperationTimeout {
  readonly #label: string;
  readonly #timeoutMs: number;
  readonly #requiredPrivileges: string;

  /** `name` and `rights`, what the role needs, are for messages. */
  constructor(label: string, timeoutMs: number, requiredPrivileges: string) {
    this.#label = label;
    this.#timeoutMs = timeoutMs;
    this.#requiredPrivileges = requiredPrivileges;
  }

  /**
   * Limits the whole of an operation: the first brings the schema up to date, and some are tried again. What was asked for may
   * be done all the same afterwards, and is then undone by `giveBack`.
   */
  async withTimeout<T>(operation: Promise<T>, undo?: () => Promise<unknown>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(this.#createTimeoutError());
        // If that fails too, the lease runs out.
        if (undo !== undefined) operation.then(undo).catch(() => {});
      }, this.#timeoutMs);
    });
    try {
      return await Promise.race([operation, timeout]);
    } catch (error) {
      throw this.#toHelpfulError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What `pg` and the server say only in part. */
  #toHelpfulError(error: unknown): unknown {
    if (!HeronError.is(error)) return error;
    const { cause } = error;
    if (!(cause instanceof Error)) return error;
    if (cause.message === "Query read timeout") return this.#createTimeoutError(cause);
    if (getErrorCode(cause) !== "42501") return error;
    const message = `${this.#label} cannot be used: ${cause.message}. ${this.#requiredPrivileges}`;
    return new HeronError("store_unavailable", message, { cause });
  }

  #createTimeoutError(cause?: unknown): HeronError {
    return new HeronError(
      "store_unavailable",
      `${this.#label} gave no answer within ${this.#timeoutMs} ms (timeoutMs): it cannot be reached, has too much to do, or all of the pool's connections are in use.`,
      { cause },
    );
  }
}
