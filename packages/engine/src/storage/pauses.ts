/** A change of the gate of a webhook or an account. */
export interface PauseChange {
  readonly scope: "webhook" | "account";
  readonly id: string;
  readonly reason: "circuit_open" | "retry_after" | "disabled";
  /** For how long it closes, in milliseconds; `"forever"` until it is opened; null opens it. */
  readonly durationMs: number | "forever" | null;
}

/** Why a webhook is not delivered to for now. */
export interface PauseRecord {
  readonly reason: PauseChange["reason"];
  readonly scope: PauseChange["scope"];
  /** For how much longer, in milliseconds; null until it is opened. */
  readonly remainingMs: number | null;
}
