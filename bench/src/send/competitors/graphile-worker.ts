import { EventEmitter } from "node:events";
import type { TaskList, WorkerEvents } from "graphile-worker";
import { Batcher } from "../batcher.ts";
import { Callers } from "../callers.ts";
import { CONCURRENCY, type DeliveryProgram, type DeliveryProgramOptions } from "../delivery-program.ts";
import { HttpPoster } from "../http-poster.ts";
import { createEventBody } from "../request.ts";

const TASK = "deliver";
const ATTEMPTS = 8;

interface JobData {
  readonly n: number;
  readonly event: Readonly<Record<string, unknown>>;
}

/** As in its performance guide, except for the concurrency. */
const FAST_POLL = {
  concurrentJobs: CONCURRENCY,
  maxPoolSize: CONCURRENCY + 2,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
} as const;

/**
 * graphile-worker in its fastest setup: jobs are added, fetched and completed in batches. Completed jobs are deleted.
 */
export async function createGraphileWorkerProgram({
  origin,
  path,
}: DeliveryProgramOptions): Promise<DeliveryProgram> {
  const poster = new HttpPoster(origin);
  const events: WorkerEvents = new EventEmitter();
  // Its completion is in flight then: no event reports its end.
  events.on("job:success", () => callers.complete(1));
  const { runner, utils } = await startWorker(path, events, {
    [TASK]: (payload) => poster.post((payload as JobData).event, (payload as JobData).n),
  });
  const added = new Batcher<JobData>(1, (works) =>
    utils.addJobs(works.map((payload) => ({ identifier: TASK, payload, maxAttempts: ATTEMPTS }))),
  );
  const callers = new Callers((n) => added.add({ n, event: createEventBody(n) }));
  return {
    emits: callers.emits,
    start: () => callers.start(),
    delivered: () => callers.completed,
    countPending: () => callers.pending,
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
  // As in its authors' benchmark; read when the module is loaded.
  process.env["NO_LOG_SUCCESS"] = "1";
  const { Logger, makeWorkerUtils, run } = await import("graphile-worker");
  const logger = new Logger(() => (level, message) => {
    if (level === "error" || level === "warning") console.error(message);
  });
  const preset = { worker: { ...FAST_POLL, connectionString, logger } };
  const utils = await makeWorkerUtils({ preset });
  await utils.migrate();
  const runner = await run({ preset, events, noHandleSignals: true, taskList });
  return { runner, utils };
}
