import { describe, expect, test } from "vitest";
import { createReceiver } from "../../src/receiver/receiver.ts";
import { webRequest } from "../../src/receiver/web-request.ts";
import { signedRequest } from "../../src/testing.ts";
import { catchHeronError, createTestReceiver, SECRET, signedRequestFor } from "../test-receiver.ts";

const store = { reserve: () => "done", complete() {}, release() {} };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

test.each([
  ["path", "hooks"],
  ["path", ""],
  ["path", "/a b"],
  ["path", "/a?b"],
  ["path", "/a#b"],
  ["path", "/a\n"],
  ["path", 5],
  ["path", null],
  ["bodyLimit", 0],
  ["bodyLimit", -1],
  ["bodyLimit", 1.5],
  ["bodyLimit", "1mb"],
  ["bodyLimit", Number.POSITIVE_INFINITY],
  ["signatureHeader", ""],
  ["signatureHeader", "x sig"],
  ["signatureHeader", "x-sig:"],
  ["signatureHeader", "x-sig\n"],
  ["signatureHeader", "x-sïg"],
  ["name", ""],
  ["name", 5],
  ["rawBodyOnly", "yes"],
  ["rawBodyOnly", 1],
  ["rawBodyOnly", null],
  ["logger", true],
  ["logger", null],
  ["logger", { ...quiet, warn: undefined }],
  ["logger", { debug() {}, info() {}, error() {} }],
  ["onError", {}],
  ["onError", null],
  ["on", () => {}],
  ["on", null],
  ["on", "end_user.processed"],
  ["schemas", 5],
  ["schemas", null],
  ["timeout", 0],
  ["timeout", "soon"],
  ["timeout", 2 ** 31],
  ["tolerance", 0],
  ["tolerance", "-5m"],
  ["tolerance", null],
  ["tolerance", 300],
  ["dedupe", true],
  ["dedupe", null],
  ["dedupe", "memory"],
  ["dedupe", { reserve() {} }],
  ["dedupe", { ...store, release: 5 }],
  ["dedupe", { store: {} }],
  ["dedupe", { store: { ...store, complete: undefined } }],
  ["dedupe.key", { key: "id" }],
  ["dedupe.ttl", { ttl: 0 }],
  ["dedupe.ttl", { ttl: "forever" }],
] as const)("a wrong %s is option_invalid and named: %o", (option, value) => {
  const name = option.split(".")[0] as string;
  const { code, message } = catchHeronError(() => createReceiver({ secret: SECRET, [name]: value }));
  expect(code).toBe("option_invalid");
  expect(message.startsWith(`${option} `)).toBe(true);
});

test.each(["on", "schemas"] as const)(
  "a pattern in %s that is none is pattern_invalid, and shown",
  (option) => {
    const value = option === "on" ? () => {} : {};
    const { code, message } = catchHeronError(() =>
      createReceiver({ secret: SECRET, [option]: { end_user: value } }),
    );
    expect(code).toBe("pattern_invalid");
    expect(message).toMatch(/"end_user" is not a pattern.*"end_user\.\*"/);
  },
);

test.each([
  [undefined, "undefined"],
  ["x", '"x"'],
  [[() => {}, 5], "5"],
  [{}, "an object"],
])("on with a handler that is no function is option_invalid: %o", (handler, what) => {
  // @ts-expect-error what JavaScript may give
  const { code, message } = catchHeronError(() => createReceiver({ secret: SECRET, on: { "a.b": handler } }));
  expect(code).toBe("option_invalid");
  expect(message).toBe(`on["a.b"] must be a function or a list of functions; it holds ${what}.`);
});

test("an unknown option is named, and so are those there are", () => {
  // @ts-expect-error a slip
  const { code, message } = catchHeronError(() => createReceiver({ secret: SECRET, tolerence: "5m" }));
  expect(code).toBe("option_invalid");
  expect(message).toBe(
    'Unknown option "tolerence" in createReceiver(). Valid options: path, secret, on, dedupe, tolerance, rawBodyOnly, bodyLimit, schemas, timeout, signatureHeader, onError, logger, name, clock.',
  );
});

test("an option that is undefined is as if it were not there", async () => {
  const none = {
    path: undefined,
    on: undefined,
    dedupe: undefined,
    tolerance: undefined,
    rawBodyOnly: undefined,
    bodyLimit: undefined,
    schemas: undefined,
    timeout: undefined,
    signatureHeader: undefined,
    onError: undefined,
    name: undefined,
  };
  const { receiver } = createTestReceiver(none);
  expect(receiver.path).toBe("/webhooks/heron");
  expect((await receiver.receive(signedRequestFor())).status).toBe(200);
});

test("path is for the adapter, and ignored by receive", async () => {
  const { receiver } = createTestReceiver({ path: "/hooks/heron/" });
  expect(receiver.path).toBe("/hooks/heron/");
  expect((await receiver.receive(signedRequestFor())).status).toBe(200);
});

test("signatureHeader renames the header, in any case, and Heron's own no longer counts", async () => {
  const { receiver } = createTestReceiver({ signatureHeader: "X-My-Signature" });
  const send = async (signatureHeader: string): Promise<number> => {
    const sent = signedRequest({ topic: "a.b", data: null }, SECRET, { signatureHeader });
    return (await receiver.receive(webRequest(new Request("http://localhost/", sent)))).status;
  };
  expect(await send("x-my-signature")).toBe(200);
  expect(await send("heron-signature")).toBe(401);
});

test("rawBodyOnly accepts only the exact bytes, and the log says so of others", async () => {
  const { receiver, lines } = createTestReceiver({ rawBodyOnly: true });
  const headers = signedRequestFor({ topic: "a.b" }).headers as Record<string, string>;
  const spaced = signedRequestFor({}, { body: '{"topic": "a.b"}', headers });
  expect((await receiver.receive(spaced)).status).toBe(401);
  expect(lines[0]?.details["hint"]).toMatch(/`rawBodyOnly` accepts only the bytes as received/);
  expect((await receiver.receive(signedRequestFor({ topic: "a.b" }))).status).toBe(200);
});

describe("the hint for a signature that does not match", () => {
  const wrong = () => signedRequestFor(undefined, { secret: SECRET.slice(4) });

  test("is in the log at most once a second, and never in the response", async () => {
    const { receiver, lines, clock } = createTestReceiver();
    const hinted = async (): Promise<boolean> => {
      const response = await receiver.receive(wrong());
      expect(response.body).toBe('{"error":"unauthorized"}');
      return lines.at(-1)?.details["hint"] !== undefined;
    };
    expect([await hinted(), await hinted()]).toEqual([true, false]);
    await clock.advance(999);
    expect(await hinted()).toBe(false);
    await clock.advance(1);
    expect([await hinted(), await hinted()]).toEqual([true, false]);
  });
});

test.each([
  [{ signatureHeader: 5 }, "option_invalid", /signatureHeader must be/],
  [{ signatureHeader: null }, "option_invalid", /signatureHeader must be/],
  [{ dedupe: { tll: "1h" } }, "option_invalid", /dedupe\.tll must be left out/],
  [{ dedupe: [] }, "option_invalid", /dedupe must be/],
  [{ dedupe: { store: null } }, "option_invalid", /dedupe must be a dedupe store/],
  [{ secret: 123 }, "secret_invalid", /of type number/],
  [{ secret: {} }, "secret_invalid", /of type object/],
  [{ secret: null }, "secret_missing", /No secret/],
  [{ on: [] }, "option_invalid", /on must be/],
  [{ on: { "a.b": [] } }, "option_invalid", /holds no handler/],
  [{ path: Object.create(null) }, "option_invalid", /path must be/],
  [{ clock: {} }, "option_invalid", /clock must be/],
])("%o is rejected by name", (options, code, message) => {
  // @ts-expect-error what JavaScript may give
  const error = catchHeronError(() => createReceiver({ secret: SECRET, ...options }));
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
});

test.each([null, "secret", []])("options that are %j are refused", (options) => {
  // @ts-expect-error what JavaScript may give
  expect(catchHeronError(() => createReceiver(options)).message).toMatch(/options must be an object/);
});

test("a header named like a property of every object is no signature", async () => {
  const { receiver } = createTestReceiver({ signatureHeader: "constructor" });
  expect((await receiver.receive({ ...signedRequestFor(), headers: {} })).status).toBe(401);
});
