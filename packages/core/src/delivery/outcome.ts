/** What an attempt came to. `reason` is one short line, fit to be shown, and holds nothing of the answer's body. */
export type Outcome =
  | { readonly kind: "delivered" }
  /** To be tried again; `after`, in milliseconds, if the receiver said when. */
  | { readonly kind: "retry"; readonly reason: string; readonly retryAfterMs?: number }
  /** Trying again would change nothing. */
  | { readonly kind: "dead"; readonly reason: string }
  /** As dead, and nothing more should be sent to this webhook. */
  | { readonly kind: "gone"; readonly reason: string };
