import { randomBytes } from "node:crypto";
import { createEvent, type WebhookEvent } from "@heron-webhooks/core";
import type { WorkflowContext } from "./context.ts";
import { refuseExpression, warnOfExpression } from "./expressions.ts";
import { fieldsOf, TEXT_LIKE_FIELDS } from "./fields.ts";
import { readText } from "./files.ts";
import { type Inputs, wrong } from "./inputs.ts";
import { parseJson } from "./json.ts";
import { scopeOf } from "./scope.ts";
import { triggerData, triggerTopic } from "./trigger.ts";

/**
 * The event to send: what the inputs say, and where they say nothing what started the workflow.
 * @throws HeronError `option_invalid`, `topic_invalid`, and what {@link fieldsOf} throws
 */
export function eventOf(inputs: Inputs, context: WorkflowContext): WebhookEvent {
  const { github, job } = context;
  const given = dataGiven(inputs);
  const fields = fieldsOf(inputs, scopeOf(context));
  const data = given === undefined ? triggerData(github, job.status) : given;
  const topic = inputs.text("topic");
  refuseExpression("topic", topic);
  return createEvent({
    topic: topic || triggerTopic(github),
    data: withFields(data, given !== undefined, fields),
    meta: { ...origin(context), ...metaOf(inputs) },
    id: `evt_${randomBytes(15).toString("base64url")}`,
  });
}

function dataGiven(inputs: Inputs): unknown {
  const [text, file] = [inputs.text("data"), inputs.text("data-file")];
  if (text !== "" && file !== "") throw wrong("data-file", "cannot be given together with data");
  if (text === "" && file === "") return undefined;
  const name = file === "" ? "data" : "data-file";
  const json = file === "" ? text : readText(name, file);
  warnOfExpression(name, json);
  return parseJson(name, json);
}

function withFields(data: unknown, given: boolean, fields: Readonly<Record<string, unknown>>): unknown {
  if (Object.keys(fields).length === 0) return data;
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw wrong("fields", "can be put only into data that is a JSON object");
  const twice = Object.keys(fields).find((name) => Object.hasOwn(data, name));
  if (given && twice !== undefined)
    throw wrong("fields", `sets ${twice}, which is in data already. ${TEXT_LIKE_FIELDS}`);
  return { ...data, ...fields };
}

/** Where the event comes from, for whoever receives it. */
function origin({ github }: WorkflowContext): Readonly<Record<string, unknown>> {
  const { repository, workflow, job, run_id, run_attempt, run_url } = github;
  return { source: "github_actions", repository, workflow, job, run_id, run_attempt, run_url };
}

function metaOf(inputs: Inputs): object {
  const text = inputs.text("meta");
  if (text === "") return {};
  warnOfExpression("meta", text);
  const meta = parseJson("meta", text);
  if (typeof meta !== "object" || meta === null || Array.isArray(meta))
    throw wrong("meta", "must be a JSON object");
  return meta;
}
