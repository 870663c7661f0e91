import { PgBoss } from "pg-boss";
import { Callers } from "../callers.ts";
import { Gathered } from "../gathered.ts";
import { nextTurn } from "../next-turn.ts";
import { Poster } from "../poster.ts";
import { eventOf } from "../request.ts";
import { SLOTS, type Subject, type SubjectOptions } from "../subject.ts";

const QUEUE = "webhooks";
/** So many jobs are fetched before there is a slot for them: fewer statements. It is faster with these, and not with more. */
const AHEAD = 4 * SLOTS;

interface Work {
  readonly n: number;
  readonly event: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly id: string;
  readonly data: Work;
}

/**
 * pg-boss as it is fastest: in a table of the queue's own, jobs inserted, fetched and completed in batches, and looked for
 * without a pause. `work` would begin a batch only when the whole of the one before has been done.
 */
export async function pgBoss({ origin, path }: SubjectOptions): Promise<Subject> {
  const boss = new PgBoss({ connectionString: path, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE, { partition: true, retryLimit: 7, retryDelay: 5, retryBackoff: true });
  const poster = new Poster(origin);
  const worker = new BossWorker(boss, poster, (count) => callers.settle(count));
  const inserts = new Gathered<Work>(1, (jobs) =>
    boss.insert(
      QUEUE,
      jobs.map((data) => ({ data })),
    ),
  );
  const callers = new Callers(async (n) => {
    await inserts.add({ n, event: eventOf(n) });
    worker.wake();
  });
  return {
    emits: callers.emits,
    begin: () => callers.begin(),
    delivered: () => callers.settled,
    owed: () => callers.owed,
    stop: () => callers.stop(),
    async close() {
      await boss.stop({ graceful: false });
      await poster.close();
    },
  };
}

/** Fetches jobs and has them posted, as many at once as there are slots. */
class BossWorker {
  readonly #boss: PgBoss;
  readonly #poster: Poster;
  readonly #completions: Gathered<string>;
  readonly #ready: Job[] = [];
  #underWay = 0;
  #isFetching = false;
  #isWanted = false;

  constructor(boss: PgBoss, poster: Poster, completed: (count: number) => void) {
    this.#boss = boss;
    this.#poster = poster;
    this.#completions = new Gathered<string>(1, async (ids) => {
      await boss.complete(QUEUE, [...ids]);
      completed(ids.length);
    });
  }

  /** There may be something to fetch. */
  wake(): void {
    this.#isWanted = true;
    if (!this.#isFetching && this.#room >= AHEAD / 2) void this.#fetch();
  }

  get #room(): number {
    return SLOTS + AHEAD - this.#underWay - this.#ready.length;
  }

  async #fetch(): Promise<void> {
    this.#isFetching = true;
    while (this.#isWanted && this.#room >= AHEAD / 2) {
      this.#isWanted = false;
      await nextTurn();
      this.#ready.push(...(await this.#boss.fetch<Work>(QUEUE, { batchSize: this.#room })));
      this.#fill();
    }
    this.#isFetching = false;
  }

  #fill(): void {
    while (this.#underWay < SLOTS && this.#ready.length > 0) void this.#deliver(this.#ready.shift() as Job);
  }

  async #deliver({ id, data }: Job): Promise<void> {
    this.#underWay++;
    try {
      await this.#poster.post(data.event, data.n);
      void this.#completions.add(id);
    } catch (error) {
      console.error(error);
      await this.#boss.fail(QUEUE, id, { message: String(error) });
    }
    this.#underWay--;
    this.#fill();
    this.wake();
  }
}
