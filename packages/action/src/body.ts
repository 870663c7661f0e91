import type { WebhookEvent } from "@heron-webhooks/core";
import {
  compileSlackTemplate,
  createSlackMessage,
  escapeSlack,
  formatSlackLink,
  toWorkflowVariables,
} from "@heron-webhooks/core/slack";
import { compileTemplate, type Template } from "@heron-webhooks/core/templates";
import type { GithubContext, WorkflowContext } from "./context.ts";
import { assertNoExpression } from "./expressions.ts";
import { parseFields } from "./fields.ts";
import { readTextFile } from "./files.ts";
import { createInputError, type InputName, type Inputs, withInputName } from "./inputs.ts";
import { parseJson } from "./json.ts";
import { createScope, type Scope, TEMPLATE_ROOTS } from "./scope.ts";
import { getSubject } from "./subject.ts";
import type { Target } from "./targets.ts";
import { createTriggerFields, getRunOutcome } from "./trigger.ts";

type Body = Pick<Template, "renderText">;

/**
 * The template of a target's body: the input `template`, or a message for Slack. Undefined: the body is the event.
 * @throws HeronError `option_invalid`, `template_invalid`, `template_missing`
 */
export function createBody(
  { format }: Target,
  event: WebhookEvent,
  inputs: Inputs,
  context: WorkflowContext,
): Body | undefined {
  const scope = createScope(context, event);
  const message = inputs.getText("message");
  const template = readTemplate(inputs);
  if (template !== undefined && message !== "")
    throw createInputError("message", "cannot be given together with a template");
  if (template !== undefined) {
    const { name, json } = template;
    const options = { missing: "error", roots: TEMPLATE_ROOTS } as const;
    const compiledTemplate = withInputName(name, () =>
      format === "heron"
        ? compileTemplate(json, options)
        : compileSlackTemplate(json, { ...options, workflow: format === "slack-workflow" }),
    );
    return { renderText: () => withInputName(name, () => compiledTemplate.renderText(scope)) };
  }
  if (format === "heron") return undefined;
  const text = message === "" ? undefined : renderMessage(message, scope, format === "slack-workflow");
  const body =
    format === "slack" ? createDefaultMessage(event, text, inputs, context) : toVariables(event, text);
  return { renderText: () => JSON.stringify(body) };
}

function readTemplate(inputs: Inputs): { readonly name: InputName; readonly json: unknown } | undefined {
  const [text, file] = [inputs.getText("template"), inputs.getText("template-file")];
  if (text !== "" && file !== "")
    throw createInputError("template-file", "cannot be given together with template");
  if (text === "" && file === "") return undefined;
  const name = file === "" ? "template" : "template-file";
  const json = file === "" ? text : readTextFile(name, file);
  assertNoExpression(name, json);
  return { name, json: parseJson(name, json) };
}

function renderMessage(message: string, scope: Scope, isWorkflow: boolean): string {
  assertNoExpression("message", message);
  const options = { missing: "error", roots: TEMPLATE_ROOTS, workflow: isWorkflow } as const;
  return withInputName("message", () => String(compileSlackTemplate(message, options).render(scope)["text"]));
}

const VERB_BY_STATUS: Readonly<Record<string, string>> = {
  success: "succeeded",
  failure: "failed",
  cancelled: "was cancelled",
  skipped: "was skipped",
};

/** The default Slack message: the workflow's status or the event, and a link to the run. */
function createDefaultMessage(
  event: WebhookEvent,
  text: string | undefined,
  inputs: Inputs,
  { github, job }: WorkflowContext,
): object {
  const { name, status } = getRunOutcome(github, job.status);
  const verb = Object.hasOwn(VERB_BY_STATUS, status) ? VERB_BY_STATUS[status] : undefined;
  const usesTopicTitle = inputs.getText("topic") !== "" || verb === undefined || name === "";
  return createSlackMessage(event, {
    status,
    text: text ?? (hasData(inputs) ? undefined : formatLinkedTitle(github)),
    title: usesTopicTitle ? undefined : `${name} ${verb}`,
    link: github.run_url === "" ? undefined : { url: github.run_url, text: "Open the run" },
    fields: getMessageFields(event, text, inputs, { github, job }),
  });
}

/** The fields of a message: those of the input `data`; without it, the added fields and the event's summary. */
function getMessageFields(
  event: WebhookEvent,
  text: string | undefined,
  inputs: Inputs,
  context: WorkflowContext,
): unknown {
  if (hasData(inputs)) return event.data;
  const fields = parseFields(inputs, createScope(context));
  return text === undefined ? { ...fields, ...createTriggerFields(context.github) } : fields;
}

function hasData(inputs: Inputs): boolean {
  return inputs.getText("data") !== "" || inputs.getText("data-file") !== "";
}

/** The subject's title, as a link to it. */
function formatLinkedTitle(github: GithubContext): string | undefined {
  const { title, url } = getSubject(github);
  if (typeof title !== "string" || title === "") return undefined;
  return `*${(typeof url === "string" ? formatSlackLink(url, title) : null) ?? escapeSlack(title)}*`;
}

function toVariables(event: WebhookEvent, text: string | undefined): object {
  return { ...toWorkflowVariables(event), ...(text === undefined ? {} : { message: text }) };
}
