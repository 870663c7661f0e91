import type { TestReceiver } from "./test-receiver.ts";
import type { SenderProcess } from "./sender-process.ts";

/** What came of everything so far. */
export interface RunSummary {
  readonly accepted: number;
  /** Events that were accepted and have not come. */
  readonly missing: number;
  /** How often a delivery was accepted again. */
  readonly repeated: number;
  /** How often although nobody had lost it, or been killed with it. */
  readonly duplicated: number;
  /** How often one was settled by a process that had lost it. */
  readonly lost: number;
  /** How many processes ended by themselves. */
  readonly crashed: number;
}

export interface SummaryInput {
  readonly inbox: TestReceiver;
  readonly running: readonly SenderProcess[];
  readonly ended: readonly SenderProcess[];
  /** What had been under way in processes that were killed. */
  readonly inFlight: readonly string[];
}

export function summarize({ inbox, running, ended, inFlight }: SummaryInput): RunSummary {
  const processes = [...running, ...ended];
  const lost = processes.flatMap((process) => process.lost);
  // Who could not settle something pauses before it tries again, and hears only then that it has lost that.
  const unsettled = running.flatMap(({ inFlight }) => [...inFlight]);
  const allowedRepeats = new Map<string, number>();
  for (const delivery of [...inFlight, ...lost, ...unsettled])
    allowedRepeats.set(delivery, (allowedRepeats.get(delivery) ?? 0) + 1);
  let [repeated, duplicated] = [0, 0];
  for (const [delivery, times] of inbox.accepted) {
    repeated += times - 1;
    duplicated += Math.max(0, times - 1 - (allowedRepeats.get(delivery) ?? 0));
  }
  return {
    accepted: processes.reduce((sum, { accepted }) => sum + accepted.size, 0),
    missing: findMissing(processes, inbox).length,
    repeated,
    duplicated,
    lost: lost.length,
    crashed: running.filter(({ isRunning }) => !isRunning).length,
  };
}

export function findMissing(processes: readonly SenderProcess[], inbox: TestReceiver): readonly string[] {
  return processes.flatMap(({ accepted }) => [...accepted].filter((id) => !inbox.events.has(id)));
}
