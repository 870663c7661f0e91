import { EventEmitter } from "node:events";
import type { TaskList, WorkerEvents } from "graphile-worker";
import { Callers } from "../callers.ts";
import { Gathered } from "../gathered.ts";
import { Poster } from "../poster.ts";
import { eventOf } from "../request.ts";
import { SLOTS, type Subject, type SubjectOptions } from "../subject.ts";

const TASK = "deliver";
const ATTEMPTS = 8;

interface Work {
  readonly n: number;
  readonly event: Readonly<Record<string, unknown>>;
}

/** As its page on performance has it, but for the number of jobs at once. */
const FAST = {
  concurrentJobs: SLOTS,
  maxPoolSize: SLOTS + 2,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
} as const;

/**
 * graphile-worker as it is fastest: jobs are added, fetched and completed in batches. What is completed is deleted: it
 * keeps nothing of it.
 */
export async function graphileWorker({ origin, path }: SubjectOptions): Promise<Subject> {
  const poster = new Poster(origin);
  const events: WorkerEvents = new EventEmitter();
  // Its completion is on the way then: no event says when it is done.
  events.on("job:success", () => callers.settle(1));
  const { runner, utils } = await startWorker(path, events, {
    [TASK]: (payload) => poster.post((payload as Work).event, (payload as Work).n),
  });
  const added = new Gathered<Work>(1, (works) =>
    utils.addJobs(works.map((payload) => ({ identifier: TASK, payload, maxAttempts: ATTEMPTS }))),
  );
  const callers = new Callers((n) => added.add({ n, event: eventOf(n) }));
  return {
    emits: callers.emits,
    begin: () => callers.begin(),
    delivered: () => callers.settled,
    owed: () => callers.owed,
    stop: () => callers.stop(),
    async close() {
      await runner.stop();
      await utils.release();
      await poster.close();
    },
  };
}

type Library = typeof import("graphile-worker");

async function startWorker(
  connectionString: string,
  events: WorkerEvents,
  taskList: TaskList,
): Promise<{
  readonly runner: Awaited<ReturnType<Library["run"]>>;
  readonly utils: Awaited<ReturnType<Library["makeWorkerUtils"]>>;
}> {
  // As it is measured by its authors; looked at when it is loaded.
  process.env["NO_LOG_SUCCESS"] = "1";
  const { Logger, makeWorkerUtils, run } = await import("graphile-worker");
  const logger = new Logger(() => (level, message) => {
    if (level === "error" || level === "warning") console.error(message);
  });
  const preset = { worker: { ...FAST, connectionString, logger } };
  const utils = await makeWorkerUtils({ preset });
  await utils.migrate();
  const runner = await run({ preset, events, noHandleSignals: true, taskList });
  return { runner, utils };
}
