import type { WebhookEvent } from "../event.ts";
import { jsonText } from "./json-text.ts";
import type { SlackObject } from "./types.ts";

const MOST_VARIABLES = 200;
const DEEPEST = 8;

/**
 * An event as the variables of a Slack workflow: `topic`, `created`, `id`, and of `data` and `meta` everything that
 * they hold.
 * @throws HeronError `invalid_event` for what cannot be written as JSON
 */
export function workflowVariables(event: WebhookEvent): Readonly<Record<string, string>> {
  const { topic, created, id, data, meta } = event;
  return flattened({
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
export function flattened(object: SlackObject): Readonly<Record<string, string>> {
  const variables = new Map<string, string>();
  gather(object, "", 0, variables);
  return Object.fromEntries(variables);
}

function gather(object: object, prefix: string, depth: number, variables: Map<string, string>): void {
  for (const [key, value] of Object.entries(object)) {
    const name = prefix + key;
    if (typeof value === "object" && value !== null && !Array.isArray(value) && depth < DEEPEST)
      gather(value, `${name}_`, depth + 1, variables);
    else if (!variables.has(name) && variables.size < MOST_VARIABLES) variables.set(name, textOf(value));
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const json = jsonText(value);
  return json === "null" ? "" : json;
}
