/** A change of the gate of a webhook or an account. */
export interface GateChange {
  readonly scope: "webhook" | "account";
  readonly id: string;
  readonly gate: "circuit" | "retry-after" | "disabled";
  /** For how long it closes, in milliseconds; `"forever"` until it is opened; null opens it. */
  readonly closedMs: number | "forever" | null;
}

/** Why a webhook is not delivered to for now. */
export interface GateRecord {
  readonly gate: GateChange["gate"];
  readonly scope: GateChange["scope"];
  /** For how much longer, in milliseconds; null until it is opened. */
  readonly closedMs: number | null;
}
