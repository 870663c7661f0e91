import { createHash } from "node:crypto";
import type { OperationResult } from "./operation.ts";
import { Problem } from "./problem.ts";

const MAX_STORED_RESULTS = 10_000;
const RESULT_TTL_MS = 86_400_000;

interface StoredResult {
  readonly requestDigest: string;
  readonly result: Promise<OperationResult>;
  readonly expiresAt: number;
}

/** Caches the results of writes by idempotency key, in this process's memory. */
export class IdempotencyCache {
  readonly #results = new Map<string, StoredResult>();

  /** @throws Problem 409 if the key was used with a different request. Errors of `operation` are not cached. */
  async run(
    key: { readonly account: string; readonly key: string },
    requestParts: readonly (string | Uint8Array)[],
    now: number,
    operation: () => Promise<OperationResult>,
  ): Promise<OperationResult> {
    const cacheKey = JSON.stringify([key.account, key.key]);
    const hash = createHash("sha256");
    for (const part of requestParts) hash.update(part).update("\n");
    const digest = hash.digest("base64");
    const stored = this.#results.get(cacheKey);
    if (stored !== undefined && stored.expiresAt > now) {
      if (stored.requestDigest !== digest)
        throw new Problem(409, "This idempotency key was used with a different request. Use a new key.");
      return stored.result;
    }
    const result = operation();
    this.#results.delete(cacheKey);
    this.#results.set(cacheKey, { requestDigest: digest, result, expiresAt: now + RESULT_TTL_MS });
    for (const [oldest] of this.#results) {
      if (this.#results.size <= MAX_STORED_RESULTS) break;
      this.#results.delete(oldest);
    }
    try {
      return await result;
    } catch (error) {
      this.#results.delete(cacheKey);
      throw error;
    }
  }
}
