import type { Inbox } from "./inbox.ts";
import type { SenderProcess } from "./sender-process.ts";

/** What came of everything so far. */
export interface Verdict {
  readonly accepted: number;
  /** Events that were accepted and have not come. */
  readonly missing: number;
  /** How often a delivery was accepted again. */
  readonly again: number;
  /** How often although nobody had lost it, or been killed with it. */
  readonly doubled: number;
  /** How often one was settled by a process that had lost it. */
  readonly lost: number;
  /** How many processes ended by themselves. */
  readonly fallen: number;
}

export interface Told {
  readonly inbox: Inbox;
  readonly there: readonly SenderProcess[];
  readonly gone: readonly SenderProcess[];
  /** What had been under way in processes that were killed. */
  readonly inFlight: readonly string[];
}

export function verdictOf({ inbox, there, gone, inFlight }: Told): Verdict {
  const all = [...there, ...gone];
  const lost = all.flatMap((process) => process.lost);
  // Who could not settle something pauses before it tries again, and hears only then that it has lost that.
  const unsettled = there.flatMap(({ underWay }) => [...underWay]);
  const excused = new Map<string, number>();
  for (const delivery of [...inFlight, ...lost, ...unsettled])
    excused.set(delivery, (excused.get(delivery) ?? 0) + 1);
  let [again, doubled] = [0, 0];
  for (const [delivery, times] of inbox.accepted) {
    again += times - 1;
    doubled += Math.max(0, times - 1 - (excused.get(delivery) ?? 0));
  }
  return {
    accepted: all.reduce((sum, { accepted }) => sum + accepted.size, 0),
    missing: missingOf(all, inbox).length,
    again,
    doubled,
    lost: lost.length,
    fallen: there.filter(({ isThere }) => !isThere).length,
  };
}

export function missingOf(processes: readonly SenderProcess[], inbox: Inbox): readonly string[] {
  return processes.flatMap(({ accepted }) => [...accepted].filter((id) => !inbox.events.has(id)));
}
