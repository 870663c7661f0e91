import { HeronError } from "@heron-webhooks/core";
import { getErrorCode } from "./database-errors.ts";

/** Limits the time of an operation whose caller waits for the result. */
export class OperationTimeout {
  readonly #label: string;
  readonly #timeoutMs: number;
  readonly #requiredPrivileges: string;

  /** `label` and `requiredPrivileges` are for messages. */
  constructor(label: string, timeoutMs: number, requiredPrivileges: string) {
    this.#label = label;
    this.#timeoutMs = timeoutMs;
    this.#requiredPrivileges = requiredPrivileges;
  }

  /**
   * Limits a whole operation, including a migration and retries. An operation that completes after the timeout is undone with
   * `undo`.
   */
  async withTimeout<T>(operation: Promise<T>, undo?: () => Promise<unknown>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(this.#createTimeoutError());
        // If that fails too, the lease expires by itself.
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

  /** Adds what the messages of `pg` and the server leave out. */
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
      `${this.#label} did not respond within ${this.#timeoutMs} ms (timeout): the server is unreachable or overloaded, or all connections of the pool are in use.`,
      { cause },
    );
  }
}
