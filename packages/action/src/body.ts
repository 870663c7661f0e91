import {
  compileSlackTemplate,
  compileTemplate,
  escapeSlack,
  slackMessage,
  type Template,
  type WebhookEvent,
  workflowVariables,
} from "@heron-webhooks/core";
import type { GithubContext, WorkflowContext } from "./context.ts";
import { refuseExpression } from "./expressions.ts";
import { fieldsOf } from "./fields.ts";
import { readText } from "./files.ts";
import { type Inputs, wrong } from "./inputs.ts";
import { parseJson } from "./json.ts";
import { ROOTS, type Scope, scopeOf } from "./scope.ts";
import { subjectOf } from "./subject.ts";
import type { Target } from "./targets.ts";
import { triggerFacts } from "./trigger.ts";

type Body = Pick<Template, "renderText">;

/**
 * What a target is sent instead of the event itself: its template rendered, or for Slack a message; undefined for the
 * event.
 * @throws HeronError `option_invalid`, `template_invalid`, `template_missing`
 */
export function bodyFor(
  { format }: Target,
  event: WebhookEvent,
  inputs: Inputs,
  context: WorkflowContext,
): Body | undefined {
  const scope = scopeOf(context, event);
  const message = inputs.text("message");
  const template = templateGiven(inputs);
  if (template !== undefined && message !== "")
    throw wrong("message", "cannot be given together with a template");
  if (template !== undefined) {
    const compiled =
      format === "heron"
        ? compileTemplate(template, { missing: "error", roots: ROOTS })
        : compileSlackTemplate(template, {
            missing: "error",
            roots: ROOTS,
            workflow: format === "slack-workflow",
          });
    return { renderText: () => compiled.renderText(scope) };
  }
  if (format === "heron") return undefined;
  const text = message === "" ? undefined : rendered(message, scope, format === "slack-workflow");
  const body = format === "slack" ? defaultMessage(event, text, inputs, context) : variables(event, text);
  return { renderText: () => JSON.stringify(body) };
}

function templateGiven(inputs: Inputs): unknown {
  const [text, file] = [inputs.text("template"), inputs.text("template-file")];
  if (text !== "" && file !== "") throw wrong("template-file", "cannot be given together with template");
  if (text === "" && file === "") return undefined;
  const name = file === "" ? "template" : "template-file";
  const json = file === "" ? text : readText(name, file);
  refuseExpression(name, json);
  return parseJson(name, json);
}

function rendered(message: string, scope: Scope, workflow: boolean): string {
  refuseExpression("message", message);
  return String(
    compileSlackTemplate(message, { missing: "error", roots: ROOTS, workflow }).render(scope)["text"],
  );
}

const WENT: Readonly<Record<string, string>> = {
  success: "succeeded",
  failure: "failed",
  cancelled: "was cancelled",
};

/** The message of Slack that needs no wiring: how the workflow went, or what happened, and where to look. */
function defaultMessage(
  event: WebhookEvent,
  text: string | undefined,
  inputs: Inputs,
  { github, job }: WorkflowContext,
): object {
  const went = Object.hasOwn(WENT, job.status) ? WENT[job.status] : undefined;
  const named = inputs.text("topic") !== "" || went === undefined || github.workflow === "";
  return slackMessage(event, {
    status: job.status,
    text: text ?? (hasData(inputs) ? undefined : linkedTitle(github)),
    title: named ? undefined : `${github.workflow} ${went}`,
    link: github.run_url === "" ? undefined : { url: github.run_url, text: "Open the run" },
    facts: factsFor(event, text, inputs, { github, job }),
  });
}

/** The facts of data that was given are its own; otherwise what was added, and with it, unless a message says it, what happened. */
function factsFor(
  event: WebhookEvent,
  text: string | undefined,
  inputs: Inputs,
  context: WorkflowContext,
): unknown {
  if (hasData(inputs)) return event.data;
  const fields = fieldsOf(inputs, scopeOf(context));
  return text === undefined ? { ...fields, ...triggerFacts(context.github) } : fields;
}

function hasData(inputs: Inputs): boolean {
  return inputs.text("data") !== "" || inputs.text("data-file") !== "";
}

/** What it is about, as a link to it. */
function linkedTitle(github: GithubContext): string | undefined {
  const { title, url } = subjectOf(github);
  if (typeof title !== "string" || title === "") return undefined;
  const text = escapeSlack(title);
  return typeof url === "string" && url.startsWith("https://")
    ? `*<${escapeSlack(url)}|${text}>*`
    : `*${text}*`;
}

function variables(event: WebhookEvent, text: string | undefined): object {
  return { ...workflowVariables(event), ...(text === undefined ? {} : { message: text }) };
}
