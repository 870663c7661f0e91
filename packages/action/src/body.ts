import {
  compileSlackTemplate,
  compileTemplate,
  escapeSlack,
  linkTo,
  slackMessage,
  type Template,
  type WebhookEvent,
  workflowVariables,
} from "@heron-webhooks/core";
import type { GithubContext, WorkflowContext } from "./context.ts";
import { refuseExpression } from "./expressions.ts";
import { fieldsOf } from "./fields.ts";
import { readText } from "./files.ts";
import { type InputName, type Inputs, using, wrong } from "./inputs.ts";
import { parseJson } from "./json.ts";
import { ROOTS, type Scope, scopeOf } from "./scope.ts";
import { subjectOf } from "./subject.ts";
import type { Target } from "./targets.ts";
import { triggerFacts, whatWent } from "./trigger.ts";

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
    const { name, json } = template;
    const options = { missing: "error", roots: ROOTS } as const;
    const compiled = using(name, () =>
      format === "heron"
        ? compileTemplate(json, options)
        : compileSlackTemplate(json, { ...options, workflow: format === "slack-workflow" }),
    );
    return { renderText: () => using(name, () => compiled.renderText(scope)) };
  }
  if (format === "heron") return undefined;
  const text = message === "" ? undefined : rendered(message, scope, format === "slack-workflow");
  const body = format === "slack" ? defaultMessage(event, text, inputs, context) : variables(event, text);
  return { renderText: () => JSON.stringify(body) };
}

function templateGiven(inputs: Inputs): { readonly name: InputName; readonly json: unknown } | undefined {
  const [text, file] = [inputs.text("template"), inputs.text("template-file")];
  if (text !== "" && file !== "") throw wrong("template-file", "cannot be given together with template");
  if (text === "" && file === "") return undefined;
  const name = file === "" ? "template" : "template-file";
  const json = file === "" ? text : readText(name, file);
  refuseExpression(name, json);
  return { name, json: parseJson(name, json) };
}

function rendered(message: string, scope: Scope, workflow: boolean): string {
  refuseExpression("message", message);
  const options = { missing: "error", roots: ROOTS, workflow } as const;
  return using("message", () => String(compileSlackTemplate(message, options).render(scope)["text"]));
}

const WENT: Readonly<Record<string, string>> = {
  success: "succeeded",
  failure: "failed",
  cancelled: "was cancelled",
  skipped: "was skipped",
};

/** The message of Slack that needs no wiring: how the workflow went, or what happened, and where to look. */
function defaultMessage(
  event: WebhookEvent,
  text: string | undefined,
  inputs: Inputs,
  { github, job }: WorkflowContext,
): object {
  const { name, status } = whatWent(github, job.status);
  const went = Object.hasOwn(WENT, status) ? WENT[status] : undefined;
  const titled = inputs.text("topic") !== "" || went === undefined || name === "";
  return slackMessage(event, {
    status,
    text: text ?? (hasData(inputs) ? undefined : linkedTitle(github)),
    title: titled ? undefined : `${name} ${went}`,
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
  return `*${(typeof url === "string" ? linkTo(url, title) : null) ?? escapeSlack(title)}*`;
}

function variables(event: WebhookEvent, text: string | undefined): object {
  return { ...workflowVariables(event), ...(text === undefined ? {} : { message: text }) };
}
