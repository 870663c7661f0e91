import { expect, test } from "vitest";
import { heronTopics, isHeronTopic } from "../src/catalog.ts";
import { isTopic } from "../src/topics/grammar.ts";
import published from "./vectors/heron-topics.json" with { type: "json" };

test("the catalogue is Heron's published list, in its order", () => {
  expect(heronTopics).toHaveLength(44);
  expect(heronTopics).toEqual(published.all);
});

test("every topic of Heron's may be sent as well", () => {
  expect(heronTopics.filter((topic) => !isTopic(topic))).toEqual([]);
});

test("isHeronTopic knows these and no other", () => {
  expect(published.all.every(isHeronTopic)).toBe(true);
  for (const other of [...published.retired, "", "end_user.*", "toString", "__proto__", "constructor"])
    expect(isHeronTopic(other)).toBe(false);
});
