import { PgBoss } from "pg-boss";
import { Batcher } from "../batcher.ts";
import { Callers } from "../callers.ts";
import { CONCURRENCY, type DeliveryProgram, type DeliveryProgramOptions } from "../delivery-program.ts";
import { HttpPoster } from "../http-poster.ts";
import { createEventBody } from "../request.ts";
import { yieldToEventLoop } from "../yield-to-event-loop.ts";

const QUEUE = "webhooks";
/** How many jobs are prefetched, which saves statements. It is fastest with this number. */
const PREFETCH = 4 * CONCURRENCY;

interface JobData {
  readonly n: number;
  readonly event: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly id: string;
  readonly data: JobData;
}

/**
 * pg-boss in its fastest setup: a table per queue, jobs inserted, fetched and completed in batches, and no polling delay.
 * `work` would start a batch only after the whole batch before is done.
 */
export async function createPgBossProgram({
  origin,
  path,
}: DeliveryProgramOptions): Promise<DeliveryProgram> {
  const boss = new PgBoss({ connectionString: path, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE, { partition: true, retryLimit: 7, retryDelay: 5, retryBackoff: true });
  const poster = new HttpPoster(origin);
  const worker = new BossWorker(boss, poster, (count) => callers.complete(count));
  const inserts = new Batcher<JobData>(1, (jobs) =>
    boss.insert(
      QUEUE,
      jobs.map((data) => ({ data })),
    ),
  );
  const callers = new Callers(async (n) => {
    await inserts.add({ n, event: createEventBody(n) });
    worker.onNotify();
  });
  return {
    emits: callers.emits,
    start: () => callers.start(),
    delivered: () => callers.completed,
    countPending: () => callers.pending,
    stop: () => callers.stop(),
    async close() {
      await boss.stop({ graceful: false });
      await poster.close();
    },
  };
}

/** Fetches jobs and posts them, up to the concurrency. */
class BossWorker {
  readonly #boss: PgBoss;
  readonly #poster: HttpPoster;
  readonly #completions: Batcher<string>;
  readonly #ready: Job[] = [];
  #inFlight = 0;
  #isFetching = false;
  #needsRefill = false;

  constructor(boss: PgBoss, poster: HttpPoster, completed: (count: number) => void) {
    this.#boss = boss;
    this.#poster = poster;
    this.#completions = new Batcher<string>(1, async (ids) => {
      await boss.complete(QUEUE, [...ids]);
      completed(ids.length);
    });
  }

  /** Called when there may be a job to fetch. */
  onNotify(): void {
    this.#needsRefill = true;
    if (!this.#isFetching && this.#capacity >= PREFETCH / 2) void this.#fetch();
  }

  get #capacity(): number {
    return CONCURRENCY + PREFETCH - this.#inFlight - this.#ready.length;
  }

  async #fetch(): Promise<void> {
    this.#isFetching = true;
    while (this.#needsRefill && this.#capacity >= PREFETCH / 2) {
      this.#needsRefill = false;
      await yieldToEventLoop();
      this.#ready.push(...(await this.#boss.fetch<JobData>(QUEUE, { batchSize: this.#capacity })));
      this.#fill();
    }
    this.#isFetching = false;
  }

  #fill(): void {
    while (this.#inFlight < CONCURRENCY && this.#ready.length > 0)
      void this.#deliver(this.#ready.shift() as Job);
  }

  async #deliver({ id, data }: Job): Promise<void> {
    this.#inFlight++;
    try {
      await this.#poster.post(data.event, data.n);
      void this.#completions.add(id);
    } catch (error) {
      console.error(error);
      await this.#boss.fail(QUEUE, id, { message: String(error) });
    }
    this.#inFlight--;
    this.#fill();
    this.onNotify();
  }
}
