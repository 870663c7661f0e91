/** The outcome of an attempt. `reason` is one short line that can be shown; it quotes nothing of the response body. */
export type Outcome =
  | { readonly kind: "delivered" }
  /** Retry. `retryAfterMs` is the receiver's Retry-After. */
  | { readonly kind: "retry"; readonly reason: string; readonly retryAfterMs?: number }
  /** A retry would not help. */
  | { readonly kind: "dead"; readonly reason: string }
  /** As `dead`, and no further events should be sent to this webhook. */
  | { readonly kind: "gone"; readonly reason: string };
