import { createServer } from "node:http";
import type { WebhookEvent } from "@heron-webhooks/core";
import { createReceiver, Discard, nodeRequest, Retry, writeResponse } from "@heron-webhooks/core/receiver";
import { expect, test } from "vitest";
import { parseSingleResult } from "./results.ts";
import { runStep, type StepResult } from "./runner/run-step.ts";
import { listening } from "./runner/servers/listening.ts";
import { SECRET } from "./step.ts";

interface ReceivedResult {
  readonly step: StepResult;
  readonly events: readonly WebhookEvent[];
}

/** Sends an event of a workflow to a receiver of Heron's own, as an application has it. */
async function sendOnce(
  handle: (event: WebhookEvent, count: number) => void = () => {},
  given: Readonly<Record<string, string>> = {},
): Promise<ReceivedResult> {
  const events: WebhookEvent[] = [];
  await using receiver = createReceiver<Record<string, unknown>>({
    secret: SECRET,
    rawBodyOnly: true,
    tolerance: "5m",
    logger: false,
    on: { "**": (event) => handle(event, events.push(event)) },
  });
  const server = createServer((request, response) => {
    void receiver.receive(nodeRequest(request)).then((reply) => writeResponse(response, reply));
  });
  const { port, close } = await listening(server);
  try {
    const url = `http://127.0.0.1:${port}${receiver.path}`;
    const step = await runStep({ with: { url, secret: SECRET, "max-retry-delay": "10ms", ...given } });
    return { step, events };
  } finally {
    await close();
  }
}

test("a receiver of Heron's takes the event", async () => {
  const { step, events } = await sendOnce();
  expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true", attempts: "1" } });
  expect(events).toMatchObject([
    { topic: "push.pushed", data: { actor: "octocat" }, meta: { source: "github_actions" } },
  ]);
  const { id, topic, created } = events[0] as WebhookEvent;
  expect(JSON.parse(step.outputs["event"] ?? "")).toEqual({ id, topic, created });
});

test("it takes text of all kinds, byte for byte", async () => {
  const data = { text: "é 🦩 \u2028 \0 \" \\ <b> & '\r\n", deep: [[{ a: null }], 1.5e300] };
  const { events } = await sendOnce(undefined, { data: JSON.stringify(data), topic: "a.b" });
  expect(events[0]?.data).toEqual(data);
});

test("it asks for a retry and gets the same event again", async () => {
  const { step, events } = await sendOnce((_, count) => {
    if (count === 1) throw new Retry({ after: "1s" });
  });
  expect(step.outputs).toMatchObject({ ok: "true", attempts: "2" });
  expect(events).toHaveLength(2);
  expect(events[1]).toEqual(events[0]);
});

test("what it discards is delivered", async () => {
  const { step } = await sendOnce(() => {
    throw new Discard("not for us");
  });
  expect(step.outputs).toMatchObject({ ok: "true", attempts: "1" });
});

test("a wrong secret has its own message, and is not retried", async () => {
  const { step, events } = await sendOnce(undefined, { secret: "sec_not_the_one_0123456789abcdef" });
  expect(events).toEqual([]);
  expect(parseSingleResult(step)).toMatchObject({ outcome: "failed", responseStatus: 401, attemptCount: 1 });
  expect(parseSingleResult(step).reason).toBe(
    'answered 401, invalid signature or credentials: {"error":"unauthorized"}',
  );
});
