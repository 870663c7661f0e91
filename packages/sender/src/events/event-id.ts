import { randomFillSync } from "node:crypto";

/** 80 bits, of which no two are the same before there are a million million. */
const RANDOM_BYTES = 10;
const pool = Buffer.alloc(409 * RANDOM_BYTES);
let poolOffset = pool.length;

/** A name for an event that has none: in hexadecimal its time, so that names lie in the order of their times, and chance. */
export function createEventId(now: number): string {
  if (poolOffset === pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  const random = pool.toString("hex", poolOffset, poolOffset + RANDOM_BYTES);
  poolOffset += RANDOM_BYTES;
  return `evt_${now.toString(16).padStart(12, "0")}${random}`;
}
