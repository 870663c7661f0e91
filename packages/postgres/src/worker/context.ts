import type { Database } from "../database.ts";
import type { IdMap } from "../id-map.ts";
import type { Mutex } from "../mutex.ts";
import type { ServerClock } from "../server-clock.ts";

/** What workers of this process share. */
export interface MemberContext {
  readonly database: Database;
  readonly ids: IdMap;
  readonly clock: ServerClock;
  /** What changes who has what is done one after the other. */
  readonly mutex: Mutex;
  /** For how long it is believed to be there without having been heard of, in milliseconds. */
  readonly leaseMs: number;
  /** How often it looks for news at least, in milliseconds. */
  readonly pollIntervalMs: number;
}
