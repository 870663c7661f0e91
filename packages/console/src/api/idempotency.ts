import { createHash } from "node:crypto";
import type { Answer } from "./operation.ts";
import { Problem } from "./problem.ts";

const MOST = 10_000;
const A_DAY = 86_400_000;

interface Known {
  readonly request: string;
  readonly answer: Promise<Answer>;
  readonly until: number;
}

/** Answers to writes that came with a key: the same key again is the same answer. In this process's memory. */
export class Idempotency {
  readonly #known = new Map<string, Known>();

  /** @throws Problem 409 if the key came with another request before, and what `work` throws, which may be tried again */
  async once(
    key: { readonly account: string; readonly key: string },
    request: readonly (string | Uint8Array)[],
    now: number,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    const name = JSON.stringify([key.account, key.key]);
    const hash = createHash("sha256");
    for (const part of request) hash.update(part).update("\n");
    const digest = hash.digest("base64");
    const known = this.#known.get(name);
    if (known !== undefined && known.until > now) {
      if (known.request !== digest)
        throw new Problem(409, "This idempotency-key came with another request before: take a new one.");
      return known.answer;
    }
    const answer = work();
    this.#known.delete(name);
    this.#known.set(name, { request: digest, answer, until: now + A_DAY });
    for (const [oldest] of this.#known) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(oldest);
    }
    try {
      return await answer;
    } catch (error) {
      this.#known.delete(name);
      throw error;
    }
  }
}
