import { randomBytes } from "node:crypto";
import { createEvent, type WebhookEvent } from "@heron-webhooks/core";
import type { WorkflowContext } from "./context.ts";
import { assertNoExpression, warnAboutExpression } from "./expressions.ts";
import { parseFields, TEXT_LIKE_FIELDS_HINT } from "./fields.ts";
import { readTextFile } from "./files.ts";
import { createInputError, type Inputs } from "./inputs.ts";
import { parseJson } from "./json.ts";
import { createScope } from "./scope.ts";
import { createTriggerData, getTriggerTopic } from "./trigger.ts";

/**
 * Creates the event from the inputs; missing inputs default to the event that started the workflow.
 * @throws HeronError `option_invalid`, `topic_invalid`, and what {@link parseFields} throws
 */
export function createEventFromInputs(inputs: Inputs, context: WorkflowContext): WebhookEvent {
  const { github, job } = context;
  const givenData = readData(inputs);
  const fields = parseFields(inputs, createScope(context));
  const data = givenData === undefined ? createTriggerData(github, job.status) : givenData;
  const topic = inputs.getText("topic");
  assertNoExpression("topic", topic);
  return createEvent({
    topic: topic || getTriggerTopic(github),
    data: mergeFields(data, givenData !== undefined, fields),
    meta: { ...createOriginMeta(context), ...readMeta(inputs) },
    id: `evt_${randomBytes(15).toString("base64url")}`,
  });
}

function readData(inputs: Inputs): unknown {
  const [text, file] = [inputs.getText("data"), inputs.getText("data-file")];
  if (text !== "" && file !== "") throw createInputError("data-file", "cannot be given together with data");
  if (text === "" && file === "") return undefined;
  const name = file === "" ? "data" : "data-file";
  const json = file === "" ? text : readTextFile(name, file);
  warnAboutExpression(name, json);
  return parseJson(name, json);
}

function mergeFields(data: unknown, isGiven: boolean, fields: Readonly<Record<string, unknown>>): unknown {
  if (Object.keys(fields).length === 0) return data;
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw createInputError("fields", "can be put only into data that is a JSON object");
  const duplicateName = Object.keys(fields).find((name) => Object.hasOwn(data, name));
  if (isGiven && duplicateName !== undefined)
    throw createInputError(
      "fields",
      `sets ${duplicateName}, which is in data already. ${TEXT_LIKE_FIELDS_HINT}`,
    );
  return { ...data, ...fields };
}

/** The event's `meta`: the run it comes from. */
function createOriginMeta({ github }: WorkflowContext): Readonly<Record<string, unknown>> {
  const { repository, workflow, job, run_id, run_attempt, run_url } = github;
  return { source: "github_actions", repository, workflow, job, run_id, run_attempt, run_url };
}

function readMeta(inputs: Inputs): object {
  const text = inputs.getText("meta");
  if (text === "") return {};
  warnAboutExpression("meta", text);
  const meta = parseJson("meta", text);
  if (typeof meta !== "object" || meta === null || Array.isArray(meta))
    throw createInputError("meta", "must be a JSON object");
  return meta;
}
