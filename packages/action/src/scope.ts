import type { WebhookEvent } from "@heron-webhooks/core";
import type { WorkflowContext } from "./context.ts";

/** What fields may read, which are there before the event is. */
export const RUN: readonly string[] = ["github", "job"];

/** What templates may read. */
export const ROOTS: readonly string[] = ["topic", "created", "id", "data", "meta", ...RUN];

/** What a template of the Action reads from. */
export type Scope = Readonly<Record<string, unknown>>;

/** The run, and the event once there is one. */
export function scopeOf(context: WorkflowContext, event?: WebhookEvent): Scope {
  return { ...event, github: context.github, job: context.job };
}
