import { readFileSync } from "node:fs";

/** USER_HZ, the unit of `/proc`, is 100 on every Linux. */
const TICKS_PER_SECOND = 100;

/** CPU seconds of a process so far, in all threads; null where there is no /proc. */
export function getCpuSeconds(pid: number | undefined): number | null {
  try {
    const { own } = readTicks(pid);
    return own / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

/**
 * CPU seconds of a process and its children, including ended ones: of a server with a process per connection. The children
 * must have one thread each.
 */
export function getTreeCpuSeconds(pid: number | undefined): number | null {
  try {
    const { own, ended } = readTicks(pid);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter(Boolean);
    const living = children.reduce((sum, child) => sum + getChildCpuSeconds(child), 0);
    return (own + ended) / TICKS_PER_SECOND + living;
  } catch {
    return null;
  }
}

/** In nanoseconds from the scheduler, where available: a few statements take less than a tick. */
function getChildCpuSeconds(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[0]) / 1e9;
  } catch {
    return getCpuSeconds(Number(pid)) ?? 0;
  }
}

function readTicks(pid: number | undefined): { readonly own: number; readonly ended: number } {
  // proc(5): the name in brackets may hold anything; utime, stime, cutime and cstime are the 14th to 17th fields.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return { own: user + system, ended: endedUser + endedSystem };
}
