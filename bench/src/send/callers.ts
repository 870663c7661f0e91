import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { CALLERS, MOST_OWED } from "./subject.ts";

/** Callers that emit one event after the other, as long as not too many are owed. */
export class Callers {
  /** How long each emit took, in nanoseconds. */
  readonly emits: RecordableHistogram = createHistogram();
  readonly #emit: (n: number) => Promise<unknown>;
  #emitted = 0;
  #settled = 0;
  #running = false;
  #waiting: (() => void)[] = [];

  constructor(emit: (n: number) => Promise<unknown>) {
    this.#emit = emit;
  }

  get settled(): number {
    return this.#settled;
  }

  /**
   * How many were emitted here and have not come to their end; less than none where those of others came to theirs here.
   */
  get owed(): number {
    return this.#emitted - this.#settled;
  }

  begin(): void {
    this.#running = true;
    for (let i = 0; i < CALLERS; i++) void this.#call();
  }

  /** So many more have come to their end. */
  settle(count: number): void {
    this.#settled += count;
    for (const wake of this.#waiting.splice(0, count)) wake();
  }

  /** They emit no more. */
  stop(): void {
    this.#running = false;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #call(): Promise<void> {
    while (this.#running) {
      if (this.owed >= MOST_OWED) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        continue;
      }
      const n = this.#emitted++;
      const from = performance.now();
      await this.#emit(n);
      this.emits.record(Math.max(1, Math.round((performance.now() - from) * 1e6)));
    }
  }
}
