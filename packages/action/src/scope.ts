import type { WebhookEvent } from "@heron-webhooks/core";
import type { WorkflowContext } from "./context.ts";

/** The roots of `fields`, which are read before the event exists. */
export const RUN_ROOTS: readonly string[] = ["github", "job"];

/** The roots of templates. */
export const TEMPLATE_ROOTS: readonly string[] = ["topic", "created", "id", "data", "meta", ...RUN_ROOTS];

/** The scope of the Action's templates. */
export type Scope = Readonly<Record<string, unknown>>;

/** The run, and the event if there is one. */
export function createScope(context: WorkflowContext, event?: WebhookEvent): Scope {
  return { ...event, github: context.github, job: context.job };
}
