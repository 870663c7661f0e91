import { randomFillSync } from "node:crypto";

/** 80 bits, of which no two are the same before there are a million million. */
const RANDOM_BYTES = 10;
const pool = Buffer.alloc(409 * RANDOM_BYTES);
let used = pool.length;

/** A name for an event that has none: in hexadecimal its time, so that names lie in the order of their times, and chance. */
export function newEventId(now: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString("hex", used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return `evt_${now.toString(16).padStart(12, "0")}${random}`;
}
