import { expect, test } from "vitest";
import type { SenderOptions } from "../src/index.ts";
import { inState, opened, quiet } from "./opened.ts";
import { held, Sink } from "./sink.ts";
import { until } from "./until.ts";

test("each attempt is told, with what came of it, and each death, with its reason", async () => {
  await using sink = await Sink.open();
  sink.answer = (_, index) => (index === 0 ? 503 : 400);
  const told: unknown[] = [];
  const hooks: SenderOptions["hooks"] = {
    attempt: ({ status, reason, answer }, { topic, attempts }, { id }) =>
      void told.push({ status, reason, answer, topic, attempts, id }),
    dead: (reason, { topic, attempts, webhook, account }, of) =>
      void told.push({ dead: reason, topic, attempts, webhook, account, id: of?.id }),
  };
  const { sender } = opened({ hooks });
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", 1);
  await inState(sender, "dead");
  const attempt = { topic: "a.b", id, answer: "no" };
  const reason = "answered 400, it could not read the body";
  expect(told).toEqual([
    { ...attempt, status: 503, attempts: 0, reason: "answered 503, the receiver's own failure" },
    ...[1, 2, 3].map((attempts) => ({ ...attempt, status: 400, attempts, reason })),
    { dead: reason, topic: "a.b", attempts: 4, webhook: id, account: "default", id },
  ]);
});

test("what a hook throws is logged once, and goes no further", async () => {
  await using sink = await Sink.open();
  await using slow = await Sink.open();
  const { answer, give } = held(200);
  slow.answer = () => answer;
  sink.answer = () => 410;
  const errors: unknown[] = [];
  const thrower = (name: string) => (): void => {
    throw new Error(`${name} threw`);
  };
  const { sender } = opened({
    hooks: {
      attempt: thrower("attempt"),
      dead: thrower("dead"),
      disabled: thrower("disabled"),
      lost: thrower("lost"),
    },
    logger: { ...quiet, error: (about: { err?: Error }) => void errors.push(about.err?.message) },
  });
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["a.*"] });
  const removed = await sender.webhooks.create({ url: slow.url, topics: ["b.*"] });
  await sender.emit("a.b", 1);
  await inState(sender, "dead");
  expect(errors).toEqual(["disabled threw", "attempt threw", "dead threw"]);
  // Its lease is lost while it is under way.
  await sender.emit("b.c", 1);
  await slow.received(1);
  await sender.webhooks.remove(removed.id);
  give();
  await until(() => (errors.includes("lost threw") ? true : undefined));
  await sender.webhooks.create({ url: slow.url, topics: ["b.*"] });
  for (let n = 0; n < 3; n++) await sender.emit("b.c", n);
  await inState(sender, "delivered", 3);
  await sender.close();
  expect(errors.filter((message) => message === "lost threw")).toHaveLength(1);
});
