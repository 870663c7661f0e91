import type { WebhookEvent } from "@heron-webhooks/core";
import type { WorkflowContext } from "./context.ts";

/** What fields may read, which are there before the event is. */
export const RUN_ROOTS: readonly string[] = ["github", "job"];

/** What templates may read. */
export const TEMPLATE_ROOTS: readonly string[] = ["topic", "created", "id", "data", "meta", ...RUN_ROOTS];

/** What a template of the Action reads from. */
export type Scope = Readonly<Record<string, unknown>>;

/** The run, and the event once there is one. */
export function createScope(context: WorkflowContext, event?: WebhookEvent): Scope {
  return { ...event, github: context.github, job: context.job };
}
