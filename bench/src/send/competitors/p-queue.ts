import PQueue from "p-queue";
import { Callers } from "../callers.ts";
import { CONCURRENCY, type DeliveryProgram, type DeliveryProgramOptions } from "../delivery-program.ts";
import { createEventBody, postByFetch } from "../request.ts";

/** A queue in memory, with `fetch`: not durable. */
export async function createPQueueProgram({ origin }: DeliveryProgramOptions): Promise<DeliveryProgram> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const deliver = async (n: number): Promise<void> => {
    await queue.add(() => postByFetch(`${origin}/`, createEventBody(n), n));
    callers.complete(1);
  };
  // Nothing is stored, so callers wait for nothing.
  const callers = new Callers(async (n) => void deliver(n));
  return {
    emits: null,
    start: () => callers.start(),
    delivered: () => callers.completed,
    countPending: () => callers.pending,
    stop: () => callers.stop(),
    close: () => queue.onIdle(),
  };
}
