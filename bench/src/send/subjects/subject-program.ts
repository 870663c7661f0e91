import { monitorEventLoopDelay, type RecordableHistogram } from "node:perf_hooks";
import { answerWith, programOptions } from "../program.ts";
import { spreadOf } from "../spread.ts";
import type { Figures, Subject, SubjectOptions } from "../subject.ts";

/** Runs one subject, loading nothing that another needs. */
const SUBJECTS: Readonly<
  Record<SubjectOptions["kind"], () => Promise<(options: SubjectOptions) => Promise<Subject>>>
> = {
  limit: async () => (await import("./limit.ts")).limit,
  heron: async () => (await import("./heron.ts")).heron,
  bullmq: async () => (await import("./bullmq.ts")).bullmq,
  "p-queue": async () => (await import("./p-queue.ts")).pQueue,
  "pg-boss": async () => (await import("./pg-boss.ts")).pgBoss,
  "graphile-worker": async () => (await import("./graphile-worker.ts")).graphileWorker,
};

/** How often the loop is looked at, in milliseconds; what is measured is from one look to the next. */
const RESOLUTION = 1;

const options = programOptions<SubjectOptions>();
const subject = await (await SUBJECTS[options.kind]())(options);
const loop = monitorEventLoopDelay({ resolution: RESOLUTION });
loop.enable();

function look(): Figures {
  const { user, system } = process.cpuUsage();
  const { emits } = subject;
  return {
    at: performance.now(),
    delivered: subject.delivered(),
    owed: subject.owed(),
    cpuMicroseconds: user + system,
    loopDelay: spreadOf(loop, RESOLUTION),
    emits: emits === null ? null : spreadOf(emits),
  };
}

answerWith(
  {
    look,
    forget() {
      loop.reset();
      (subject.emits as RecordableHistogram | null)?.reset();
    },
    begin() {
      subject.begin();
      return look();
    },
    stop: () => subject.stop(),
  },
  () => subject.close(),
);
