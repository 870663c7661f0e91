import { type Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { Callers } from "../callers.ts";
import { CONCURRENCY, type DeliveryProgram, type DeliveryProgramOptions } from "../delivery-program.ts";
import { HttpPoster } from "../http-poster.ts";
import { createEventBody, postByFetch } from "../request.ts";

const QUEUE_NAME = "webhooks";

interface JobData {
  readonly n: number;
  readonly event: Readonly<Record<string, unknown>>;
}

/** BullMQ as in its documentation: a job per delivery with retries, and a worker that posts. */
export async function createBullmqProgram({
  origin,
  path,
  usesPool = false,
}: DeliveryProgramOptions): Promise<DeliveryProgram> {
  // BullMQ requires this for the connection of a worker.
  const createConnection = (): Redis => new Redis({ path, maxRetriesPerRequest: null });
  const [ofQueue, ofWorker] = [createConnection(), createConnection()];
  const queue = new Queue(QUEUE_NAME, {
    connection: ofQueue,
    defaultJobOptions: {
      attempts: 8,
      backoff: { type: "exponential", delay: 5000 },
      // Keeping finished jobs would fill the memory, and cost BullMQ more than removing them.
      removeOnComplete: true,
    },
  });
  const poster = usesPool ? new HttpPoster(origin) : null;
  const post = ({ data: { event, n } }: Job<JobData>): Promise<void> =>
    poster === null ? postByFetch(`${origin}/`, event, n) : poster.post(event, n);
  const worker = new Worker<JobData>(QUEUE_NAME, post, { connection: ofWorker, concurrency: CONCURRENCY });
  // The connection pipelines the commands of one event loop turn: `addBulk` is not faster.
  const callers = new Callers((n) => queue.add("deliver", { n, event: createEventBody(n) }));
  worker.on("completed", () => callers.complete(1));
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
    start: () => callers.start(),
    delivered: () => callers.completed,
    countPending: () => callers.pending,
    stop: () => callers.stop(),
    close,
  };
}
