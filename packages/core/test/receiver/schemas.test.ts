import { describe, expect, test } from "vitest";
import { createReceiver } from "../../src/receiver/receiver.ts";
import type { JsonSchema } from "../../src/schema.ts";
import {
  catchHeronError,
  createTestReceiver,
  EVENT,
  parseResponse,
  SECRET,
  signedRequestFor,
} from "../test-receiver.ts";

const receiveWithSchema = (data: unknown, topic = "invoice.paid"): ReturnType<typeof signedRequestFor> =>
  signedRequestFor({ topic, data });

async function getStatusFor(schema: JsonSchema, data: unknown): Promise<number> {
  return (
    await createTestReceiver({ schemas: { "invoice.paid": schema } }).receiver.receive(
      receiveWithSchema(data),
    )
  ).status;
}

test("data against its schema is 400, and the log says what is wrong", async () => {
  const schemas = { "invoice.paid": { type: "object", properties: { amount: { type: "number" } } } };
  const { receiver, lines } = createTestReceiver({ schemas, on: { "**": () => expect.unreachable() } });
  const response = await receiver.receive(receiveWithSchema({ amount: "private" }));
  expect(parseResponse(response)).toEqual({ status: 400, body: { error: "schema_mismatch" } });
  expect(lines[0]?.message).toBe(
    "heron-webhooks: The event's data does not match its schema: /amount must be number.",
  );
});

test("data that keeps its schema is handled, and so is an event of another topic", async () => {
  const { receiver } = createTestReceiver({ schemas: { "invoice.*": { type: "object" } } });
  expect((await receiver.receive(receiveWithSchema({}))).status).toBe(200);
  expect((await receiver.receive(receiveWithSchema("text", "order.paid"))).status).toBe(200);
  expect((await receiver.receive(receiveWithSchema("text"))).status).toBe(400);
});

test("every schema whose pattern matches must hold", async () => {
  const schemas = {
    "invoice.paid": { required: ["a"] },
    "*.paid": { required: ["b"] },
    "**": { required: ["c"] },
  };
  const { receiver } = createTestReceiver({ schemas });
  const all: Record<string, number> = { a: 1, b: 2, c: 3 };
  expect((await receiver.receive(receiveWithSchema(all))).status).toBe(200);
  for (const missing of ["a", "b", "c"]) {
    const { [missing]: _, ...rest } = all;
    expect((await receiver.receive(receiveWithSchema(rest))).status, missing).toBe(400);
  }
});

test("data that is missing is null for its schema", async () => {
  const { receiver } = createTestReceiver({ schemas: { "**": { type: "null" } } });
  expect((await receiver.receive(signedRequestFor({ topic: "a.b" }))).status).toBe(200);
});

describe("keywords", () => {
  test("format and example are annotations: they neither fail nor warn", async () => {
    const schema = {
      type: "object",
      properties: {
        email: { type: "string", format: "email" },
        when: { type: "string", format: "no such format" },
      },
      example: { email: "a@example.com" },
      "x-internal": true,
    };
    expect(await getStatusFor(schema, { email: "not an address", when: "x" })).toBe(200);
    expect(await getStatusFor(schema, { email: 5 })).toBe(400);
  });

  test("draft 2020-12 is understood: prefixItems, $defs, unevaluatedProperties", async () => {
    const schema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $defs: { name: { type: "string" } },
      type: "array",
      prefixItems: [{ $ref: "#/$defs/name" }, { type: "number" }],
      items: false,
    };
    expect(await getStatusFor(schema, ["a", 1])).toBe(200);
    expect(await getStatusFor(schema, [1, "a"])).toBe(400);
    expect(await getStatusFor(schema, ["a", 1, 2])).toBe(400);
    const closed = { properties: { a: {} }, unevaluatedProperties: false };
    expect(await getStatusFor(closed, { b: 1 })).toBe(400);
  });

  test.each(["http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-07/schema"])(
    "draft-07 is understood where $schema says so: %s",
    async ($schema) => {
      const schema = { $schema, type: "array", items: [{ type: "string" }], additionalItems: false };
      expect(await getStatusFor(schema, ["a"])).toBe(200);
      expect(await getStatusFor(schema, [1])).toBe(400);
      expect(await getStatusFor(schema, ["a", "b"])).toBe(400);
    },
  );
});

test("a schema is compiled once, when the receiver is made: changing it later changes nothing", async () => {
  const schema: Record<string, unknown> = { type: "object", required: ["a"] };
  const { receiver } = createTestReceiver({ schemas: { "**": schema } });
  schema["type"] = "string";
  schema["required"] = ["b"];
  expect((await receiver.receive(receiveWithSchema({ a: 1 }))).status).toBe(200);
  expect((await receiver.receive(receiveWithSchema("text"))).status).toBe(400);
});

test("a schema that is frozen to its depth will do", async () => {
  const schema = Object.freeze({
    type: "object",
    properties: Object.freeze({ a: Object.freeze({ type: "number" }) }),
  });
  expect(await getStatusFor(schema, { a: 1 })).toBe(200);
  expect(await getStatusFor(schema, { a: "1" })).toBe(400);
});

test("the same $id in two schemas, or two receivers, is no clash", async () => {
  const schema = { $id: "https://example.com/invoice", type: "object" };
  const schemas = { "invoice.paid": schema, "invoice.*": schema };
  for (let i = 0; i < 2; i++)
    expect((await createTestReceiver({ schemas }).receiver.receive(receiveWithSchema({}))).status).toBe(200);
});

test.each([
  ["an unknown type", { type: "text" }],
  ["a keyword of the wrong kind", { required: "a" }],
  ["a reference to nowhere", { $ref: "#/$defs/none" }],
  ["a reference to the network", { $ref: "https://example.com/schema.json" }],
  ["a draft that is not supported", { $schema: "http://json-schema.org/draft-04/schema#" }],
  ["a pattern that is no regular expression", { pattern: "(" }],
])("a schema with %s is option_invalid when the receiver is made, and named", (_, schema) => {
  const error = catchHeronError(() => createReceiver({ secret: SECRET, schemas: { "a.b": schema } }));
  expect(error.code).toBe("option_invalid");
  expect(error.message).toMatch(/^schemas\["a\.b"\] is not a JSON Schema that can be compiled: /);
  expect(error.cause).toBeInstanceOf(Error);
});

test.each([null, "object", 5, undefined, true])(
  "a schema that is %j is option_invalid, and named",
  (schema) => {
    const { code, message } = catchHeronError(() =>
      // @ts-expect-error what JavaScript may give
      createReceiver({ secret: SECRET, schemas: { "a.b": schema } }),
    );
    expect([code, message]).toEqual([
      "option_invalid",
      `schemas["a.b"] must be a JSON Schema; it is ${typeof schema === "string" ? '"object"' : schema}.`,
    ]);
  },
);

test("what is wrong is said in at most 200 characters", async () => {
  const key = "k".repeat(1000);
  const { receiver, lines } = createTestReceiver({ schemas: { "**": { required: [key] } } });
  await receiver.receive(receiveWithSchema({}));
  expect(lines[0]?.message.length).toBeLessThan(300);
});

test("names that the sender chose stand in the log as text", async () => {
  const { receiver, lines } = createTestReceiver({
    schemas: { "**": { additionalProperties: { type: "number" } } },
  });
  const data = { "x\n[ERROR] fake\u001b[31m\u202e": "s" };
  expect((await receiver.receive(signedRequestFor({ ...EVENT, data }))).status).toBe(400);
  expect(lines[0]?.message).toContain("x\\n[ERROR] fake");
  expect(lines[0]?.message).not.toMatch(/[\p{Cc}\u202e]/u);
});

test("a schema that answers by promise is rejected: every event would pass it", () => {
  const { code, message } = catchHeronError(() =>
    createReceiver({ secret: SECRET, schemas: { "**": { $async: true } } }),
  );
  expect([code, message]).toEqual(["option_invalid", expect.stringContaining("$async")]);
});

test("data nested deeper than a recursive schema can follow is 400, so that it is not sent again", async () => {
  const schema = { $id: "tree", type: "array", items: { $ref: "tree" } };
  const { receiver } = createTestReceiver({ schemas: { "**": schema } });
  const depth = 100_000;
  const body = `{"topic":"a.b","data":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  const response = await receiver.receive(signedRequestFor(undefined, { body }));
  expect(response.status).toBe(400);
});
