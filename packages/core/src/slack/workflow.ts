import type { WebhookEvent } from "../event.ts";
import { toJsonText } from "./json-text.ts";
import type { SlackObject } from "./types.ts";

const MAX_VARIABLES = 200;
const MAX_DEPTH = 8;

/**
 * An event as the variables of a Slack workflow: `topic`, `created`, `id`, and of `data` and `meta` everything that
 * they hold.
 * @throws HeronError `invalid_event` for what cannot be written as JSON
 */
export function toWorkflowVariables(event: WebhookEvent): Readonly<Record<string, string>> {
  const { topic, created, id, data, meta } = event;
  return flattenVariables({
    topic,
    created,
    ...(id === undefined ? {} : { id }),
    data,
    ...(meta === null ? {} : { meta }),
  });
}

/**
 * A JSON object as a workflow's trigger takes it: flat, and every value a string. Names are joined by `_`, as
 * `data_end_user_id`; null is empty; lists and what lies too deep are JSON. Variables are not mrkdwn, so nothing is
 * escaped. At most 200; of two that would have one name the first stays.
 * Source: Slack, "Workflow triggers", webhook.
 */
export function flattenVariables(object: SlackObject): Readonly<Record<string, string>> {
  const variables = new Map<string, string>();
  collectVariables(object, "", 0, variables);
  return Object.fromEntries(variables);
}

function collectVariables(
  object: object,
  prefix: string,
  depth: number,
  variables: Map<string, string>,
): void {
  for (const [key, value] of Object.entries(object)) {
    const name = prefix + key;
    if (typeof value === "object" && value !== null && !Array.isArray(value) && depth < MAX_DEPTH)
      collectVariables(value, `${name}_`, depth + 1, variables);
    else if (!variables.has(name) && variables.size < MAX_VARIABLES)
      variables.set(name, toVariableText(value));
  }
}

function toVariableText(value: unknown): string {
  if (typeof value === "string") return value;
  const json = toJsonText(value);
  return json === "null" ? "" : json;
}
