import type { Database } from "../database.ts";
import type { Names } from "../names.ts";
import type { Serial } from "../serial.ts";
import type { ServerClock } from "../server-clock.ts";

/** What workers of this process share. */
export interface WorkerContext {
  readonly database: Database;
  readonly names: Names;
  readonly clock: ServerClock;
  /** What changes who has what is done one after the other. */
  readonly serial: Serial;
  /** For how long it is believed to be there without having been heard of, in milliseconds. */
  readonly leaseMs: number;
  /** How often it looks for news at least, in milliseconds. */
  readonly pollMs: number;
}
