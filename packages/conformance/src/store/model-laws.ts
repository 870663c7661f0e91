import fc from "fast-check";
import { test } from "vitest";
import type { Store, WebhookRecord } from "../../../engine/src/index.ts";
import { type Runs, runs } from "../runs.ts";
import { storeCommands } from "./commands.ts";
import { Model } from "./model.ts";
import { type Command, create, leave } from "./model-run.ts";

/** A store, and the clock it goes by. */
export interface ModelledStore {
  readonly store: Store;
  readonly clock: { now(): number; advance(ms: number): void | Promise<void> };
  /** Opens what a store that was closed has kept, where it keeps anything. */
  readonly reopen?: () => Store;
  /** Once the store is closed. */
  close?(): void | Promise<void>;
}

/** Opens an empty store, whose accounts may have so many pending deliveries. */
export type OpenModelled = (options: {
  readonly maxPending: number;
}) => ModelledStore | Promise<ModelledStore>;

const MAX_PENDING = 8;
/** What a run begins with; the last misses events until it is enabled, and may recover them. */
const FIRST: readonly Partial<WebhookRecord>[] = [
  { account: "a", concurrency: 2 },
  { account: "a", concurrency: 2 },
  { account: "b", concurrency: 2 },
  { account: "a", concurrency: 2, enabled: false },
];

/**
 * A store behaves as its model, in any order of operations; `many` says how many are tried.
 * They share a store, since to open one may take longer than a run, as long as none has failed: then each has its own,
 * so that what is left of the commands fails by itself.
 */
export function storeModel(name: string, open: OpenModelled, many: Runs = runs(200)): void {
  // Before the test's own time is over, which would not say what failed: making the commands fewer takes a while. On a
  // busy machine fewer orders are tried.
  const interruptAfterTimeLimit = 40_000 + many.numRuns * 300;
  const timeout = interruptAfterTimeLimit + 20_000;
  test(`${name} behaves as its model, in any order of operations`, { timeout }, async () => {
    const opening = async (): Promise<Opened> => new Opened(await open({ maxPending: MAX_PENDING }));
    let opened = await opening();
    let hasFailed = false;
    const behaves = async (commands: Iterable<Command>): Promise<void> => {
      if (hasFailed) {
        await opened.close();
        opened = await opening();
      }
      try {
        await opened.run(commands);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    };
    try {
      await fc.assert(fc.asyncProperty(storeCommands(opened.canReopen), behaves), {
        ...many,
        interruptAfterTimeLimit,
      });
    } finally {
      await opened.close();
    }
  });
}

/** A store that many runs use, one after the other. */
class Opened {
  readonly #opened: ModelledStore;
  #store: Store;
  #runs = 0;

  constructor(opened: ModelledStore) {
    this.#opened = opened;
    this.#store = opened.store;
  }

  get canReopen(): boolean {
    return this.#opened.reopen !== undefined;
  }

  async run(commands: Iterable<Command>): Promise<void> {
    const { clock, reopen } = this.#opened;
    const model = new Model(clock.now(), ++this.#runs, MAX_PENDING);
    const real = {
      store: this.#store,
      advance: (ms: number) => clock.advance(ms),
      reopen: reopen === undefined ? undefined : () => this.#reopen(reopen),
    };
    for (const parts of FIRST) await create(model, real, { topics: ["**"], ...parts }, 100);
    await fc.asyncModelRun(() => ({ model, real }), commands);
    await leave(model, real);
  }

  async close(): Promise<void> {
    await this.#store.close();
    await this.#opened.close?.();
  }

  async #reopen(reopen: () => Store): Promise<Store> {
    await this.#store.close();
    this.#store = reopen();
    return this.#store;
  }
}
