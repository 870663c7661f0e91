import { describe, expect, test } from "vitest";
import type { WebhookEvent } from "../../src/event.ts";
import type { SlackObject } from "../../src/slack/types.ts";
import { flattenVariables, toWorkflowVariables } from "../../src/slack/workflow.ts";
import { catchHeronError } from "../test-receiver.ts";

const EVENT: WebhookEvent = {
  topic: "end_user.processed",
  created: "2026-01-01T00:00:00+00:00",
  data: {
    end_user_id: "a <b> & c",
    score: 0.5,
    ok: true,
    none: null,
    tags: ["x", 1],
    owner: { name: "Ann" },
  },
  meta: { source: "api" },
  id: "evt_1",
};

test("an event's variables: everything it holds, names joined by _, every value text and not escaped", () => {
  expect(toWorkflowVariables(EVENT)).toEqual({
    topic: "end_user.processed",
    created: "2026-01-01T00:00:00+00:00",
    id: "evt_1",
    data_end_user_id: "a <b> & c",
    data_score: "0.5",
    data_ok: "true",
    data_none: "",
    data_tags: '["x",1]',
    data_owner_name: "Ann",
    meta_source: "api",
  });
});

test("without id and meta there are none of them", () => {
  const { id: _, ...rest } = EVENT;
  expect(Object.keys(toWorkflowVariables({ ...rest, meta: null, data: {} }))).toEqual(["topic", "created"]);
});

test.each([
  ["text", "text"],
  [7, "7"],
  [null, ""],
  [["a", null], '["a",null]'],
  [Number.NaN, ""],
  [undefined, ""],
])("data that is %j is the variable data: %j", (data, value) => {
  expect(toWorkflowVariables({ ...EVENT, data, meta: null })["data"]).toBe(value);
});

describe("flattened", () => {
  test("of two that would have one name the first stays", () => {
    expect(flattenVariables({ a_b: 1, a: { b: 2, c: 3 } })).toEqual({ a_b: "1", a_c: "3" });
    expect(flattenVariables({ a: { b: 2 }, a_b: 1 })).toEqual({ a_b: "2" });
  });

  test("what lies deeper than eight objects is JSON", () => {
    const deep = (levels: number): SlackObject => (levels === 0 ? { x: 1 } : { a: deep(levels - 1) });
    expect(flattenVariables(deep(8))).toEqual({ a_a_a_a_a_a_a_a_x: "1" });
    expect(flattenVariables(deep(9))).toEqual({ a_a_a_a_a_a_a_a_a: '{"x":1}' });
  });

  test("at most 200", () => {
    const keyed = (length: number): object =>
      Object.fromEntries(Array.from({ length }, (_, i) => [`k${i}`, i]));
    expect(Object.keys(flattenVariables({ ...keyed(200) }))).toHaveLength(200);
    const most = flattenVariables({ ...keyed(201), k0: "first" });
    expect(Object.keys(most)).toHaveLength(200);
    expect([most["k0"], most["k199"], most["k200"]]).toEqual(["first", "199", undefined]);
  });

  test("keys that lead to prototypes are names like any other", () => {
    const variables = flattenVariables(JSON.parse('{"__proto__":"x","constructor":{"prototype":1}}'));
    expect(JSON.stringify(variables)).toBe('{"__proto__":"x","constructor_prototype":"1"}');
    expect(Object.getPrototypeOf(variables)).toBe(Object.prototype);
  });

  test("an empty object has no variables", () => {
    expect(flattenVariables({ a: {}, b: [] })).toEqual({ b: "[]" });
  });

  test("what cannot be written as JSON is invalid_event", () => {
    expect(catchHeronError(() => flattenVariables({ a: [1n] })).code).toBe("invalid_event");
  });
});
