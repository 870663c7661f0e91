import { monitorEventLoopDelay, type RecordableHistogram } from "node:perf_hooks";
import type { DeliveryProgram, DeliveryProgramOptions, ProgramFigures } from "../delivery-program.ts";
import { parseProgramOptions, serveQuestions } from "../program.ts";
import { toSpread } from "../spread.ts";

/** Runs one subject, loading nothing that another needs. */
const PROGRAMS: Readonly<
  Record<
    DeliveryProgramOptions["kind"],
    () => Promise<(options: DeliveryProgramOptions) => Promise<DeliveryProgram>>
  >
> = {
  limit: async () => (await import("../competitors/limit.ts")).createLimitProgram,
  heron: async () => (await import("../competitors/heron.ts")).createHeronProgram,
  bullmq: async () => (await import("../competitors/bullmq.ts")).createBullmqProgram,
  "p-queue": async () => (await import("../competitors/p-queue.ts")).createPQueueProgram,
  "pg-boss": async () => (await import("../competitors/pg-boss.ts")).createPgBossProgram,
  "graphile-worker": async () =>
    (await import("../competitors/graphile-worker.ts")).createGraphileWorkerProgram,
};

/** How often the loop is looked at, in milliseconds; what is measured is from one look to the next. */
const LOOP_RESOLUTION_MS = 1;

const options = parseProgramOptions<DeliveryProgramOptions>();
const subject = await (await PROGRAMS[options.kind]())(options);
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
loop.enable();

function look(): ProgramFigures {
  const { user, system } = process.cpuUsage();
  const { emits } = subject;
  return {
    at: performance.now(),
    delivered: subject.delivered(),
    pending: subject.countPending(),
    cpuMicroseconds: user + system,
    loopDelay: toSpread(loop, LOOP_RESOLUTION_MS),
    emits: emits === null ? null : toSpread(emits),
  };
}

serveQuestions(
  {
    look,
    forget() {
      loop.reset();
      (subject.emits as RecordableHistogram | null)?.reset();
    },
    begin() {
      subject.start();
      return look();
    },
    stop: () => subject.stop(),
  },
  () => subject.close(),
);
