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
  #idle: () => void = () => {};

  constructor(emit: (n: number) => Promise<unknown>) {
    this.#emit = emit;
  }

  get settled(): number {
    return this.#settled;
  }

  begin(): void {
    this.#running = true;
    for (let i = 0; i < CALLERS; i++) void this.#call();
  }

  /** So many more have come to their end. */
  settle(count: number): void {
    this.#settled += count;
    for (const wake of this.#waiting.splice(0, count)) wake();
    this.#lookIfIdle();
  }

  /** Resolves when all that was emitted has come to its end. */
  pause(): Promise<void> {
    this.#running = false;
    for (const wake of this.#waiting.splice(0)) wake();
    return new Promise((resolve) => {
      this.#idle = resolve;
      this.#lookIfIdle();
    });
  }

  #lookIfIdle(): void {
    if (!this.#running && this.#settled === this.#emitted) this.#idle();
  }

  async #call(): Promise<void> {
    while (this.#running) {
      if (this.#emitted - this.#settled >= MOST_OWED) {
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
