import { readFileSync } from "node:fs";

/** `/proc` counts in these: USER_HZ, which has been 100 on every Linux for twenty years. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process has used so far, in all its threads; null where there is no /proc. */
export function cpuSeconds(pid: number | undefined): number | null {
  try {
    // proc(5): the name in brackets may hold anything; utime and stime are the 14th and 15th fields.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}
