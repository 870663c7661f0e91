import { createHmac } from "node:crypto";
import { expect } from "vitest";
import type { Given } from "./runner/inputs.ts";
import { runStep, type StepOptions, type StepResult } from "./runner/run-step.ts";
import { type ReceivedRequest, Receiver, type Script } from "./runner/servers/receiver.ts";
import { Slack, type SlackMessage, type SlackOptions } from "./runner/servers/slack.ts";

/** A signing secret. */
export const SECRET = "sec_4f8Zq1nB7vXk2LwP9sTd6RyH3mJc5GaE";

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** How a step is run, beside its `with`. */
export type StepSettings = Omit<StepOptions, "with">;

/** A step that posted to one webhook. */
export interface PostResult {
  readonly step: StepResult;
  readonly requests: readonly ReceivedRequest[];
}

/** Runs a step with `url` and `secret` for a webhook that takes all; `with` may be given its origin. */
export async function runPostStep(
  given: Given | ((origin: string) => Given) = {},
  options: StepSettings & { readonly answers?: Script } = {},
): Promise<PostResult> {
  await using receiver = await Receiver.open({ answers: options.answers ?? [] });
  const inputs = typeof given === "function" ? given(receiver.origin) : given;
  const step = await runStep({ ...options, with: { url: receiver.url("/hook"), secret: SECRET, ...inputs } });
  return { step, requests: receiver.requests };
}

/** What a webhook that takes all receives in one request, whose signature is right. */
export async function runAndGetBody(given: Given = {}, options: StepSettings = {}): Promise<Json> {
  const { step, requests } = await runPostStep(given, options);
  expect(step.annotations).toEqual([]);
  expect(step).toMatchObject({ exitCode: 0, outputs: { ok: "true" } });
  return parseSignedBody(requests[0]);
}

/** The JSON of a request, once its signature was compared with an HMAC over the bytes that came. */
export function parseSignedBody(request: ReceivedRequest | undefined, secret: string = SECRET): Json {
  const { headers, body = Buffer.alloc(0) } = request ?? {};
  expect(headers?.["heron-signature"]).toBe(createHmac("sha256", secret).update(body).digest("base64"));
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as Json;
}

/** The one annotation of a step that is refused what it was given, by which nothing is sent and the step fails. */
export async function runAndGetError(
  given: Given | ((origin: string) => Given),
  options: StepSettings = {},
): Promise<string> {
  const { step, requests } = await runPostStep(given, options);
  expect(requests).toEqual([]);
  expect(step).toMatchObject({ exitCode: 1, conclusion: "failure" });
  expect(step.outputs).toEqual({ ...NOTHING_SENT, ok: "false" });
  expect(step.annotations).toHaveLength(1);
  const [annotation] = step.annotations;
  expect(annotation).toMatchObject({ level: "error", title: "Heron Webhooks" });
  const { message = "" } = annotation ?? {};
  expect(message).not.toMatch(/Internal error|undefined|\[object|\n/);
  expect(message).toMatch(/\.$/);
  return message;
}

/** The outputs where nothing was sent. */
export const NOTHING_SENT: Readonly<Record<string, string>> = {
  attempts: "0",
  delivered: "0",
  failed: "0",
  skipped: "false",
  event: "",
  results: "[]",
};

/** A step that posted to Slack. */
export interface SlackResult {
  readonly step: StepResult;
  readonly messages: readonly SlackMessage[];
  readonly runs: readonly Readonly<Record<string, string>>[];
  readonly faults: readonly string[];
}

/** Runs a step with `slack-webhook`: an incoming webhook, unless `with` says otherwise of the stand-in it is given. */
export async function runSlackStep(
  given: Given | ((slack: Slack) => Given) = {},
  options: StepSettings & { readonly slack?: SlackOptions } = {},
): Promise<SlackResult> {
  await using slack = await Slack.open(options.slack);
  const inputs = typeof given === "function" ? given(slack) : given;
  const step = await runStep({ ...options, with: { "slack-webhook": slack.url, retries: 0, ...inputs } });
  return { step, messages: slack.messages, runs: slack.runs, faults: slack.faults };
}

/** The one message that Slack took. */
export async function runAndGetMessage(given: Given = {}, options: StepSettings = {}): Promise<SlackMessage> {
  const { step, messages, faults } = await runSlackStep(given, options);
  expect({ faults, annotations: step.annotations }).toEqual({ faults: [], annotations: [] });
  expect(messages).toHaveLength(1);
  return messages[0] ?? {};
}

/** Every text of a message, in order. */
export function getTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(getTexts);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "text" && typeof inner === "string" ? [inner] : getTexts(inner),
  );
}

/** An expression as a workflow file has it. */
export function toExpression(inner: string): string {
  return `$\{{ ${inner} }}`;
}
