import type { WebhookInput } from "@heron-webhooks/sender";

/** What a sender's process is told to do. */
export type Command =
  | { readonly do: "create"; readonly webhook: WebhookInput }
  | { readonly do: "remove"; readonly webhook: string }
  | { readonly do: "disable" | "enable"; readonly account: string }
  | ({ readonly do: "emit"; readonly count: number } & EmitOptions)
  /** Goes on until it is told to be quiet. */
  | ({ readonly do: "emitting"; readonly everyMs: number } & EmitOptions)
  /** What its own clock says. */
  | { readonly do: "quiet" | "time" | "start" | "close" };

/** Events, each of the next topic and for the next account. */
export interface EmitOptions {
  readonly topics: readonly string[];
  readonly accounts: readonly string[];
  /** How long its text is. */
  readonly size?: number;
}

/** What it tells. */
export type Message =
  | readonly ["ready"]
  | readonly ["accepted", event: string, ms: number]
  | readonly ["refused", code: string, message: string, ms: number]
  /** Deliveries. */
  | readonly ["claimed" | "settled" | "lost", deliveries: readonly string[]]
  /** As the hook tells it. */
  | readonly ["losses", leases: number]
  | readonly ["error", message: string]
  | readonly ["done", n: number, result: unknown]
  | readonly ["failed", n: number, code: string, message: string];
