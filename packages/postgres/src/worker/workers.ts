import type { AttemptResult, Claim, ClaimRequest, Lease } from "@heron-webhooks/engine";
import type { MemberContext } from "./context.ts";
import { ProcessMember } from "./worker.ts";

/** This process's worker: from the first claim on, and another when one was buried. */
export class Membership {
  readonly #context: MemberContext;
  #current: ProcessMember | null = null;
  #beginning: Promise<ProcessMember> | null = null;

  constructor(context: MemberContext) {
    this.#context = context;
  }

  current(): ProcessMember | null {
    return this.#current;
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    if (request.max < 1) return [];
    const worker = await this.#worker();
    const claims = await worker.claim(request);
    // What was buried meanwhile has lost all it had: nobody is to begin with it.
    return this.#current === worker ? claims : [];
  }

  async complete(settlements: readonly AttemptResult[]): Promise<readonly Lease[]> {
    return (await this.#current?.complete(settlements)) ?? settlements.map(({ lease }) => lease);
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

  async #worker(): Promise<ProcessMember> {
    if (this.#current !== null) return this.#current;
    const { database } = this.#context;
    // The clock is asked when the database is prepared.
    this.#beginning ??= database
      .run(async () => {})
      .then(() => ProcessMember.register(this.#context, (worker) => this.#ended(worker)))
      .finally(() => {
        this.#beginning = null;
      });
    this.#current = await this.#beginning;
    return this.#current;
  }

  #ended(worker: ProcessMember): void {
    worker.stop();
    if (this.#current === worker) this.#current = null;
  }
}
