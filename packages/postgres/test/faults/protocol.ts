import type { WebhookInput } from "@heron-webhooks/sender";

/** Commands for a sender's process. */
export type Command =
  | { readonly do: "create"; readonly webhook: WebhookInput }
  | { readonly do: "delete"; readonly webhook: string }
  | { readonly do: "disable" | "enable"; readonly account: string }
  | ({ readonly do: "emit"; readonly count: number } & EmitOptions)
  /** Continues until `stop-emitting`. */
  | ({ readonly do: "start-emitting"; readonly everyMs: number } & EmitOptions)
  /** `time` returns the time of its clock. */
  | { readonly do: "stop-emitting" | "time" | "start" | "close" };

/** Events, round-robin over topics and accounts. */
export interface EmitOptions {
  readonly topics: readonly string[];
  readonly accounts: readonly string[];
  /** The length of its text. */
  readonly size?: number;
}

/** Messages of a sender's process. */
export type Message =
  | readonly ["ready"]
  | readonly ["accepted", event: string, ms: number]
  | readonly ["rejected", code: string, message: string, ms: number]
  | readonly ["claimed" | "completed" | "lost", deliveries: readonly string[]]
  /** From the hook `onLeaseLost`. */
  | readonly ["leases-lost", leases: number]
  | readonly ["error", message: string]
  | readonly ["done", n: number, result: unknown]
  | readonly ["failed", n: number, code: string, message: string];
