import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { Callers } from "../callers.ts";
import { eventOf, postByFetch } from "../request.ts";
import { SLOTS, type Subject, type SubjectOptions } from "../subject.ts";

const NAME = "webhooks";

/** BullMQ as its documentation has it: a job for each delivery, retried if it fails, and a worker that posts. */
export async function bullmq({ origin, path }: SubjectOptions): Promise<Subject> {
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
  const worker = new Worker(
    NAME,
    ({ data }) =>
      postByFetch(`${origin}/`, data.event as Readonly<Record<string, unknown>>, data.n as number),
    { connection: ofWorker, concurrency: SLOTS },
  );
  const callers = new Callers((n) => queue.add("deliver", { n, event: eventOf(n) }));
  worker.on("completed", () => callers.settle(1));
  worker.on("error", (error) => console.error(error));
  worker.on("failed", (_, error) => console.error(error));
  await worker.waitUntilReady();
  return {
    emits: callers.emits,
    begin: () => callers.begin(),
    delivered: () => callers.settled,
    pause: () => callers.pause(),
    async close() {
      await worker.close(true);
      await queue.close();
      ofQueue.disconnect();
      ofWorker.disconnect();
    },
  };
}
