import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { CALLER_COUNT, MAX_PENDING } from "./delivery-program.ts";

/** Callers that emit one event after another, while not too many are pending. */
export class Callers {
  /** How long each emit took, in nanoseconds. */
  readonly emits: RecordableHistogram = createHistogram();
  readonly #emit: (n: number) => Promise<unknown>;
  #emitted = 0;
  #completed = 0;
  #isRunning = false;
  #waiters: (() => void)[] = [];

  constructor(emit: (n: number) => Promise<unknown>) {
    this.#emit = emit;
  }

  get completed(): number {
    return this.#completed;
  }

  /**
   * How many were emitted here minus how many were completed here. Negative if this process delivers events of others.
   */
  get pending(): number {
    return this.#emitted - this.#completed;
  }

  start(): void {
    this.#isRunning = true;
    for (let i = 0; i < CALLER_COUNT; i++) void this.#call();
  }

  complete(count: number): void {
    this.#completed += count;
    for (const resume of this.#waiters.splice(0, count)) resume();
  }

  stop(): void {
    this.#isRunning = false;
    for (const resume of this.#waiters.splice(0)) resume();
  }

  async #call(): Promise<void> {
    while (this.#isRunning) {
      if (this.pending >= MAX_PENDING) {
        await new Promise<void>((resolve) => this.#waiters.push(resolve));
        continue;
      }
      const n = this.#emitted++;
      const from = performance.now();
      await this.#emit(n);
      this.emits.record(Math.max(1, Math.round((performance.now() - from) * 1e6)));
    }
  }
}
