import { monitorEventLoopDelay, type RecordableHistogram } from "node:perf_hooks";
import type { DeliveryProgram, DeliveryProgramOptions, ProgramFigures } from "../delivery-program.ts";
import { parseProgramOptions, serveQuestions } from "../program.ts";
import { toSpread } from "../spread.ts";

/** Loads only the modules of the selected program. */
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

/** The sampling interval of the event loop delay. */
const LOOP_RESOLUTION_MS = 1;

const options = parseProgramOptions<DeliveryProgramOptions>();
const program = await (await PROGRAMS[options.kind]())(options);
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
loop.enable();

function getFigures(): ProgramFigures {
  const { user, system } = process.cpuUsage();
  const { emits } = program;
  return {
    at: performance.now(),
    delivered: program.delivered(),
    pending: program.countPending(),
    cpuMicroseconds: user + system,
    loopDelay: toSpread(loop, LOOP_RESOLUTION_MS),
    emits: emits === null ? null : toSpread(emits),
  };
}

serveQuestions(
  {
    figures: getFigures,
    "reset-delay"() {
      loop.reset();
      (program.emits as RecordableHistogram | null)?.reset();
    },
    start() {
      program.start();
      return getFigures();
    },
    stop: () => program.stop(),
  },
  () => program.close(),
);
