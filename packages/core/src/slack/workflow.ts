import type { WebhookEvent } from "../event.ts";
import { toJsonText } from "./json-text.ts";
import type { SlackObject } from "./types.ts";

const MAX_VARIABLES = 200;
const MAX_DEPTH = 8;

/**
 * Converts an event to variables of a Slack workflow: `topic`, `created`, `id`, and all values of `data` and `meta`.
 * @throws HeronError `invalid_event` for values without JSON
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
 * Flattens a JSON object to a workflow's variables: every value is a string. Names are joined by `_`, as in
 * `data_end_user_id`; null is empty; lists and deep objects are JSON. Variables are not mrkdwn, so nothing is escaped.
 * At most 200 variables; the first of equal names wins.
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
