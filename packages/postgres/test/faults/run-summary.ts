import type { SenderProcess } from "./sender-process.ts";
import type { TestReceiver } from "./test-receiver.ts";

export interface RunSummary {
  readonly accepted: number;
  /** Events that were accepted and have not arrived. */
  readonly missing: number;
  /** How often a delivery was accepted again. */
  readonly repeated: number;
  /** How often without a lost lease or a killed process. */
  readonly duplicated: number;
  /** How often a process completed a delivery that it had lost. */
  readonly lost: number;
  /** How many processes ended unexpectedly. */
  readonly crashed: number;
}

export interface SummaryInput {
  readonly inbox: TestReceiver;
  readonly running: readonly SenderProcess[];
  readonly ended: readonly SenderProcess[];
  /** Deliveries that were in flight in processes that were killed. */
  readonly inFlight: readonly string[];
}

export function summarize({ inbox, running, ended, inFlight }: SummaryInput): RunSummary {
  const processes = [...running, ...ended];
  const lost = processes.flatMap((process) => process.lost);
  // A process that could not complete a delivery waits before it retries, and only then learns that it lost the lease.
  const uncompleted = running.flatMap(({ inFlight }) => [...inFlight]);
  const allowedRepeats = new Map<string, number>();
  for (const delivery of [...inFlight, ...lost, ...uncompleted])
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
