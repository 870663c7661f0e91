import type { WebhookEvent } from "@heron-webhooks/core";
import type { WorkflowContext } from "./context.ts";

/** What templates may read beside the event. */
export const ROOTS: readonly string[] = ["github", "job"];

/** What a template of the Action reads from. */
export type Scope = Readonly<Record<string, unknown>>;

/** The run, and the event once there is one. */
export function scopeOf(context: WorkflowContext, event?: WebhookEvent): Scope {
  return { ...event, github: context.github, job: context.job };
}
