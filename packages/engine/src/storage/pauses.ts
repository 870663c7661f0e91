/** Sets or clears a pause of a webhook or an account. */
export interface PauseChange {
  readonly scope: "webhook" | "account";
  readonly id: string;
  readonly reason: "circuit_open" | "retry_after" | "disabled";
  /** How long the pause lasts, in milliseconds; `"forever"` until it is cleared; null clears it. */
  readonly durationMs: number | "forever" | null;
}

/** A reason not to deliver to a webhook for now. */
export interface PauseRecord {
  readonly reason: PauseChange["reason"];
  readonly scope: PauseChange["scope"];
  /** The time left, in milliseconds; null if the pause has no end. */
  readonly remainingMs: number | null;
}
