import { randomBytes } from "node:crypto";
import {
  type OutgoingRequest,
  type RequestHeaderMap,
  requestsTo,
  slackUrlKind,
  type WebhookEvent,
} from "@heron-webhooks/core";
import { bodyFor } from "./body.ts";
import type { WorkflowContext } from "./context.ts";
import { refuseExpression } from "./expressions.ts";
import { type Inputs, wrong } from "./inputs.ts";
import type { Target } from "./targets.ts";

/** An event owed to a target. */
export interface Delivery {
  readonly target: Target;
  /** The request of an attempt now. */
  readonly request: () => OutgoingRequest;
  /** The headers that were asked for. */
  readonly headers: RequestHeaderMap;
}

/**
 * The deliveries, each of which has been built once: what cannot be sent is found before anything is sent.
 * @throws HeronError as {@link requestsTo} and {@link bodyFor} do
 */
export function deliveriesOf(
  targets: readonly Target[],
  event: WebhookEvent,
  inputs: Inputs,
  context: WorkflowContext,
): readonly Delivery[] {
  checkBodies(targets, inputs);
  const headers = headersOf(inputs);
  return targets.map((target) => {
    const { url, format, secret } = target;
    const template = bodyFor(target, event, inputs, context);
    const own = isSlacks(target) ? {} : headers;
    const secrets = secret === undefined ? undefined : [secret];
    const build = requestsTo({ url, format, headers: own, secrets, template });
    const id = `dlv_${randomBytes(15).toString("base64url")}`;
    const request = (): OutgoingRequest => build({ event, id, now: Date.now() });
    request();
    return { target, request, headers: own };
  });
}

/** What is meant for one kind of webhook must not be lost on, or sent to, another. */
function checkBodies(targets: readonly Target[], inputs: Inputs): void {
  const toSlack = targets.filter(({ format }) => format !== "heron").length;
  if (inputs.text("message") !== "" && toSlack === 0)
    throw wrong(
      "message",
      "is what a Slack message says, and no webhook here is Slack's: put it into data, with fields",
    );
  if (inputs.lines("headers").length > 0 && targets.every(isSlacks))
    throw wrong("headers", "are not sent to Slack, and there is no other webhook here");
  const template = inputs.text("template") === "" ? "template-file" : "template";
  if (inputs.text(template) !== "" && toSlack > 0 && toSlack < targets.length)
    throw wrong(template, "would be sent to Slack and to other webhooks alike: write a step for each");
}

/** Whether it is Slack itself, whose business other webhooks' credentials are not. */
function isSlacks({ url }: Target): boolean {
  return slackUrlKind(url) !== null;
}

function headersOf(inputs: Inputs): RequestHeaderMap {
  const headers = new Map<string, string>();
  for (const line of inputs.lines("headers")) {
    refuseExpression("headers", line);
    const colon = line.indexOf(":");
    if (colon < 1) throw wrong("headers", 'must be lines of "Name: value"');
    const name = line.slice(0, colon).trim();
    if (headers.has(name)) throw wrong("headers", `sets ${name} twice`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  return Object.fromEntries(headers);
}
