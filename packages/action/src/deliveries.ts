import { randomBytes } from "node:crypto";
import {
  createRequestBuilder,
  getSlackUrlKind,
  type OutgoingRequest,
  type RequestHeaderMap,
  type WebhookEvent,
} from "@heron-webhooks/core";
import { createBody } from "./body.ts";
import type { WorkflowContext } from "./context.ts";
import { assertNoExpression } from "./expressions.ts";
import { createInputError, type Inputs } from "./inputs.ts";
import type { Target } from "./targets.ts";

/** An event owed to a target. */
export interface Delivery {
  readonly target: Target;
  /** The request of an attempt now. */
  readonly buildRequest: () => OutgoingRequest;
  /** The headers that were asked for. */
  readonly ownHeaders: RequestHeaderMap;
}

/**
 * The deliveries, each of which has been built once: what cannot be sent is found before anything is sent.
 * @throws HeronError as {@link createRequestBuilder} and {@link createBody} do
 */
export function createDeliveries(
  targets: readonly Target[],
  event: WebhookEvent,
  inputs: Inputs,
  context: WorkflowContext,
): readonly Delivery[] {
  assertInputsMatchTargets(targets, inputs);
  const headers = parseHeaders(inputs);
  return targets.map((target) => {
    const { url, format, secret } = target;
    const template = createBody(target, event, inputs, context);
    const ownHeaders = isSlackHost(target) ? {} : headers;
    const secrets = secret === undefined ? undefined : [secret];
    const build = createRequestBuilder({ url, format, headers: ownHeaders, secrets, template });
    const id = `dlv_${randomBytes(15).toString("base64url")}`;
    const buildRequest = (): OutgoingRequest => build({ event, id, now: Date.now() });
    buildRequest();
    return { target, buildRequest, ownHeaders };
  });
}

/** What is meant for one kind of webhook must not be lost on, or sent to, another. */
function assertInputsMatchTargets(targets: readonly Target[], inputs: Inputs): void {
  const slackCount = targets.filter(({ format }) => format !== "heron").length;
  if (inputs.getText("message") !== "" && slackCount === 0)
    throw createInputError(
      "message",
      "is what a Slack message says, and no webhook here is Slack's: put it into data, with fields",
    );
  if (inputs.getLines("headers").length > 0 && targets.every(isSlackHost))
    throw createInputError("headers", "are not sent to Slack, and there is no other webhook here");
  const template = inputs.getText("template") === "" ? "template-file" : "template";
  if (inputs.getText(template) !== "" && slackCount > 0 && slackCount < targets.length)
    throw createInputError(
      template,
      "would be sent to Slack and to other webhooks alike: write a step for each",
    );
}

/** Whether it is Slack itself, whose business other webhooks' credentials are not. */
function isSlackHost({ url }: Target): boolean {
  return getSlackUrlKind(url) !== null;
}

function parseHeaders(inputs: Inputs): RequestHeaderMap {
  const headers = new Map<string, string>();
  for (const line of inputs.getLines("headers")) {
    assertNoExpression("headers", line);
    const colon = line.indexOf(":");
    if (colon < 1) throw createInputError("headers", 'must be lines of "Name: value"');
    const name = line.slice(0, colon).trim();
    if (headers.has(name)) throw createInputError("headers", `sets ${name} twice`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  return Object.fromEntries(headers);
}
