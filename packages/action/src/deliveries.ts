import { randomBytes } from "node:crypto";
import type { WebhookEvent } from "@heron-webhooks/core";
import {
  createRequestBuilder,
  type OutgoingRequest,
  type RequestHeaderMap,
} from "@heron-webhooks/core/delivery";
import { getSlackUrlKind } from "@heron-webhooks/core/slack";
import { createBody } from "./body.ts";
import type { WorkflowContext } from "./context.ts";
import { assertNoExpression } from "./expressions.ts";
import { createInputError, type Inputs } from "./inputs.ts";
import type { Target } from "./targets.ts";

/** An event to deliver to a target. */
export interface Delivery {
  readonly target: Target;
  /** Builds the request of an attempt made now. */
  readonly buildRequest: () => OutgoingRequest;
  /** The headers of the input `headers`. */
  readonly ownHeaders: RequestHeaderMap;
}

/**
 * Creates the deliveries and builds each once, so that an invalid request fails before the first attempt.
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

/** Rejects inputs for one kind of webhook that would be ignored by, or sent to, another kind. */
function assertInputsMatchTargets(targets: readonly Target[], inputs: Inputs): void {
  const slackCount = targets.filter(({ format }) => format !== "heron").length;
  if (inputs.getText("message") !== "" && slackCount === 0)
    throw createInputError(
      "message",
      "needs a Slack webhook: for others, put the text into data, with fields",
    );
  if (inputs.getLines("headers").length > 0 && targets.every(isSlackHost))
    throw createInputError("headers", "are not sent to Slack, and there is no other webhook here");
  const template = inputs.getText("template") === "" ? "template-file" : "template";
  if (inputs.getText(template) !== "" && slackCount > 0 && slackCount < targets.length)
    throw createInputError(template, "would be sent to Slack and to other webhooks: write a step for each");
}

/** Whether the target is Slack itself, which must not receive credentials of other webhooks. */
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
