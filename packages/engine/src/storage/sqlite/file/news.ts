import type { Introduced, Stored } from "../../../queue/lanes.ts";

/** What whoever schedules must know of, beside what was asked for. */
export interface News {
  readonly introduced: Introduced[];
  /** Webhooks for which something waits in the file. */
  readonly stored: Stored[];
}
