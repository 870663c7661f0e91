import { randomFillSync } from "node:crypto";

/** 80 random bits make collisions unlikely below 10^12 ids. */
const RANDOM_BYTES = 10;
const pool = Buffer.alloc(409 * RANDOM_BYTES);
let poolOffset = pool.length;

/** An id for an event: its time in hexadecimal, so that ids sort by time, and random digits. */
export function createEventId(now: number): string {
  if (poolOffset === pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  const random = pool.toString("hex", poolOffset, poolOffset + RANDOM_BYTES);
  poolOffset += RANDOM_BYTES;
  return `evt_${now.toString(16).padStart(12, "0")}${random}`;
}
