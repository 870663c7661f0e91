import { type Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { Callers } from "../callers.ts";
import { Poster } from "../poster.ts";
import { eventOf, postByFetch } from "../request.ts";
import { SLOTS, type Subject, type SubjectOptions } from "../subject.ts";

const NAME = "webhooks";

interface Work {
  readonly n: number;
  readonly event: Readonly<Record<string, unknown>>;
}

/** BullMQ as its documentation has it: a job for each delivery, retried if it fails, and a worker that posts. */
export async function bullmq({ origin, path, pooled = false }: SubjectOptions): Promise<Subject> {
  // A worker's connection must never give up: BullMQ asks for this.
  const connect = (): Redis => new Redis({ path, maxRetriesPerRequest: null });
  const [ofQueue, ofWorker] = [connect(), connect()];
  const queue = new Queue(NAME, {
    connection: ofQueue,
    defaultJobOptions: {
      attempts: 8,
      backoff: { type: "exponential", delay: 5000 },
      // What is kept of finished jobs would fill the memory, and cost BullMQ more than this.
      removeOnComplete: true,
    },
  });
  const poster = pooled ? new Poster(origin) : null;
  const post = ({ data: { event, n } }: Job<Work>): Promise<void> =>
    poster === null ? postByFetch(`${origin}/`, event, n) : poster.post(event, n);
  const worker = new Worker<Work>(NAME, post, { connection: ofWorker, concurrency: SLOTS });
  // Its connection sends what is asked for in one turn of the loop together: with `addBulk` it is no faster.
  const callers = new Callers((n) => queue.add("deliver", { n, event: eventOf(n) }));
  worker.on("completed", () => callers.settle(1));
  worker.on("error", (error) => console.error(error));
  worker.on("failed", (_, error) => console.error(error));
  await worker.waitUntilReady();
  const close = async (): Promise<void> => {
    await worker.close(true);
    await queue.close();
    ofQueue.disconnect();
    ofWorker.disconnect();
    await poster?.close();
  };
  return {
    emits: callers.emits,
    begin: () => callers.begin(),
    delivered: () => callers.settled,
    owed: () => callers.owed,
    stop: () => callers.stop(),
    close,
  };
}
