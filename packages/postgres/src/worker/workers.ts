import type { Claim, ClaimRequest, Lease, Settlement } from "@heron-webhooks/engine";
import type { WorkerContext } from "./context.ts";
import { Worker } from "./worker.ts";

/** This process's worker: from the first claim on, and another when one was buried. */
export class Workers {
  readonly #context: WorkerContext;
  #current: Worker | null = null;
  #beginning: Promise<Worker> | null = null;

  constructor(context: WorkerContext) {
    this.#context = context;
  }

  current(): Worker | null {
    return this.#current;
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    if (request.max < 1) return [];
    const worker = await this.#worker();
    const claims = await worker.claim(request);
    // What was buried meanwhile has lost all it had: nobody is to begin with it.
    return this.#current === worker ? claims : [];
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Lease[]> {
    return (await this.#current?.settle(settlements)) ?? settlements.map(({ lease }) => lease);
  }

  async nextDueIn(): Promise<number | null> {
    return (await this.#worker()).nextDueIn();
  }

  async close(): Promise<void> {
    const worker = (await this.#beginning?.catch(() => null)) ?? this.#current;
    this.#current = null;
    worker?.stop();
    // Who cannot be told finds out when its time is over.
    await worker?.close().catch(() => {});
  }

  async #worker(): Promise<Worker> {
    if (this.#current !== null) return this.#current;
    const { database } = this.#context;
    // The clock is asked when the database is prepared.
    this.#beginning ??= database
      .run(async () => {})
      .then(() => Worker.begin(this.#context, (worker) => this.#ended(worker)))
      .finally(() => {
        this.#beginning = null;
      });
    this.#current = await this.#beginning;
    return this.#current;
  }

  #ended(worker: Worker): void {
    worker.stop();
    if (this.#current === worker) this.#current = null;
  }
}
