import PQueue from "p-queue";
import { Callers } from "../callers.ts";
import { eventOf, postByFetch } from "../request.ts";
import { SLOTS, type Subject, type SubjectOptions } from "../subject.ts";

/** A queue in memory, with `fetch`: what a process that ends takes with it. */
export async function pQueue({ origin }: SubjectOptions): Promise<Subject> {
  const queue = new PQueue({ concurrency: SLOTS });
  const deliver = async (n: number): Promise<void> => {
    await queue.add(() => postByFetch(`${origin}/`, eventOf(n), n));
    callers.settle(1);
  };
  // Nothing is kept, so there is nothing that a caller would wait for.
  const callers = new Callers(async (n) => void deliver(n));
  return {
    emits: null,
    begin: () => callers.begin(),
    delivered: () => callers.settled,
    owed: () => callers.owed,
    stop: () => callers.stop(),
    close: () => queue.onIdle(),
  };
}
