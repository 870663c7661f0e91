import fc from "fast-check";
import { test } from "vitest";
import type { Store, WebhookRecord } from "../../../engine/src/index.ts";
import { getRuns, type Runs } from "../runs.ts";
import { createStoreCommands } from "./commands.ts";
import { Model } from "./model.ts";
import { type Command, createModelWebhook, deleteEverything } from "./model-run.ts";

/** A store and its clock. */
export interface ModelTestStore {
  readonly store: Store;
  readonly clock: { now(): number; advance(ms: number): void | Promise<void> };
  /** Opens the data of a closed store, if it is durable. */
  readonly reopen?: () => Store;
  /** Called after the store is closed. */
  close?(): void | Promise<void>;
}

/** Opens an empty store with a limit of pending deliveries per account. */
export type OpenModelTestStore = (options: {
  readonly maxPending: number;
}) => ModelTestStore | Promise<ModelTestStore>;

const MAX_PENDING = 8;
/** The webhooks of a new run. The last one misses events until it is enabled, and may recover them. */
const INITIAL_WEBHOOKS: readonly Partial<WebhookRecord>[] = [
  { account: "a", concurrency: 2 },
  { account: "a", concurrency: 2 },
  { account: "b", concurrency: 2 },
  { account: "a", concurrency: 2, enabled: false },
];

/**
 * A store behaves like its model, in any order of operations. Runs share a store, since opening one may take longer than a
 * run. After a failure each run opens its own, so that shrinking starts from an empty store.
 */
export function testStoreModel(name: string, open: OpenModelTestStore, runs: Runs = getRuns(200)): void {
  // Before the test's own timeout, which would hide the failure: shrinking takes a while. A busy machine does fewer runs.
  const interruptAfterTimeLimit = 40_000 + runs.numRuns * 300;
  const timeout = interruptAfterTimeLimit + 20_000;
  test(`${name} behaves as its model, in any order of operations`, { timeout }, async () => {
    const openRunner = async (): Promise<ModelRunner> =>
      new ModelRunner(await open({ maxPending: MAX_PENDING }));
    let runner = await openRunner();
    let hasFailed = false;
    const runCommands = async (commands: Iterable<Command>): Promise<void> => {
      if (hasFailed) {
        await runner.close();
        runner = await openRunner();
      }
      try {
        await runner.run(commands);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    };
    try {
      await fc.assert(fc.asyncProperty(createStoreCommands(runner.canReopen), runCommands), {
        ...runs,
        interruptAfterTimeLimit,
      });
    } finally {
      await runner.close();
    }
  });
}

/** A store that many runs use, one at a time. */
class ModelRunner {
  readonly #target: ModelTestStore;
  #store: Store;
  #runs = 0;

  constructor(opened: ModelTestStore) {
    this.#target = opened;
    this.#store = opened.store;
  }

  get canReopen(): boolean {
    return this.#target.reopen !== undefined;
  }

  async run(commands: Iterable<Command>): Promise<void> {
    const { clock, reopen } = this.#target;
    const model = new Model(clock.now(), ++this.#runs, MAX_PENDING);
    const real = {
      store: this.#store,
      advance: (ms: number) => clock.advance(ms),
      reopen: reopen === undefined ? undefined : () => this.#reopen(reopen),
    };
    for (const parts of INITIAL_WEBHOOKS)
      await createModelWebhook(model, real, { topics: ["**"], ...parts }, 100);
    await fc.asyncModelRun(() => ({ model, real }), commands);
    await deleteEverything(model, real);
  }

  async close(): Promise<void> {
    await this.#store.close();
    await this.#target.close?.();
  }

  async #reopen(reopen: () => Store): Promise<Store> {
    await this.#store.close();
    this.#store = reopen();
    return this.#store;
  }
}
