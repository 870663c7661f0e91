import type { GateChange } from "../../store/gates.ts";
import type { WebhookRecord } from "../../store/records.ts";

/** A webhook that the thread has met, for whoever schedules. */
export interface Introduced {
  readonly number: number;
  readonly record: WebhookRecord;
  /** The gates of the webhook and of its account. */
  readonly gates: readonly {
    readonly scope: GateChange["scope"];
    readonly gate: GateChange["gate"];
    readonly until: number;
  }[];
}

/** What whoever schedules must know of, beside what was asked for. */
export interface News {
  readonly introduced: Introduced[];
  /**
   * Webhooks for which something waits in the file, and when the first of it is due; beside what was known of it before,
   * or instead.
   */
  readonly stored: { readonly webhook: number; readonly due: number | null; readonly replaces: boolean }[];
}
