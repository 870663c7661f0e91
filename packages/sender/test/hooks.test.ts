import { expect, test } from "vitest";
import type { SenderOptions } from "../src/index.ts";
import { createStartedSender, silentLogger, waitForState } from "./create-test-sender.ts";
import { createDeferredAnswer, RecordingServer } from "./recording-server.ts";
import { waitFor } from "./wait-for.ts";

test("hooks receive each attempt with its outcome, and each dead delivery with its reason", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = (_, index) => (index === 0 ? 503 : 400);
  const calls: unknown[] = [];
  const hooks: SenderOptions["hooks"] = {
    onAttempt: ({ responseStatus, reason, responseBody }, { topic, attemptCount }, { id }) =>
      void calls.push({
        status: responseStatus,
        reason,
        answer: responseBody,
        topic,
        attempts: attemptCount,
        id,
      }),
    onDead: (reason, { topic, attemptCount, webhook, account }, of) =>
      void calls.push({ dead: reason, topic, attempts: attemptCount, webhook, account, id: of?.id }),
  };
  const { sender } = createStartedSender({ hooks });
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", 1);
  await waitForState(sender, "dead");
  const attempt = { topic: "a.b", id, answer: "no" };
  const reason = "answered 400, it could not read the body";
  expect(calls).toEqual([
    { ...attempt, status: 503, attempts: 0, reason: "answered 503, the receiver's own failure" },
    ...[1, 2, 3].map((attempts) => ({ ...attempt, status: 400, attempts, reason })),
    { dead: reason, topic: "a.b", attempts: 4, webhook: id, account: "default", id },
  ]);
});

test("an error of a hook is logged once and ignored", async () => {
  await using sink = await RecordingServer.open();
  await using slow = await RecordingServer.open();
  const { answer, resolveAnswer } = createDeferredAnswer(200);
  slow.respond = () => answer;
  sink.respond = () => 410;
  const errors: unknown[] = [];
  const thrower = (name: string) => (): void => {
    throw new Error(`${name} threw`);
  };
  const { sender } = createStartedSender({
    hooks: {
      onAttempt: thrower("attempt"),
      onDead: thrower("dead"),
      onWebhookDisabled: thrower("disabled"),
      onLeaseLost: thrower("lost"),
    },
    logger: { ...silentLogger, error: (about: { err?: Error }) => void errors.push(about.err?.message) },
  });
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["a.*"] });
  const removed = await sender.webhooks.create({ url: slow.url, topics: ["b.*"] });
  await sender.emit("a.b", 1);
  await waitForState(sender, "dead");
  expect(errors).toEqual(["disabled threw", "attempt threw", "dead threw"]);
  // Its lease is lost while it is in flight.
  await sender.emit("b.c", 1);
  await slow.received(1);
  await sender.webhooks.delete(removed.id);
  resolveAnswer();
  await waitFor(() => (errors.includes("lost threw") ? true : undefined));
  await sender.webhooks.create({ url: slow.url, topics: ["b.*"] });
  for (let n = 0; n < 3; n++) await sender.emit("b.c", n);
  await waitForState(sender, "delivered", 3);
  await sender.close();
  expect(errors.filter((message) => message === "lost threw")).toHaveLength(1);
});
