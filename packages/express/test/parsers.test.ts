import { gzipSync } from "node:zlib";
import {
  CapturingLogger,
  createEventBody,
  createSignedPost,
  SECRET,
  sendRequest,
  signBody,
  type TestResponse,
} from "@heron-webhooks/conformance";
import { heronWebhook, rawBody } from "@heron-webhooks/express";
import type { RequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { listen, versions } from "./apps.ts";

interface Case {
  readonly name: string;
  readonly parser: (express: typeof import("express")) => RequestHandler;
  /** Sent as JSON and signed unless said otherwise. */
  readonly body?: string | Uint8Array;
  readonly type?: string;
  readonly signature?: string;
  readonly encoding?: string;
  readonly chunked?: true;
  readonly status: number;
}

const everything = (): boolean => true;
const text = Buffer.from(createEventBody({ data: "Zoë 🦩" }));

const cases: readonly Case[] = [
  { name: "json()", parser: (e) => e.json(), status: 500 },
  { name: "json(), of another content type", parser: (e) => e.json(), type: "text/plain", status: 200 },
  { name: "json(), an empty body", parser: (e) => e.json(), body: "", status: 500 },
  {
    name: "json(), a body that poses as kept",
    parser: (e) => e.json(),
    body: '{"rawBody":"x","topic":"a.b"}',
    status: 500,
  },
  {
    name: "json({ strict: false }), a number",
    parser: (e) => e.json({ strict: false }),
    body: "1",
    status: 500,
  },
  {
    name: "json({ strict: false }), a string",
    parser: (e) => e.json({ strict: false }),
    body: '"end_user.processed"',
    status: 401,
  },
  { name: "json({ verify: rawBody })", parser: (e) => e.json({ verify: rawBody }), body: text, status: 200 },
  {
    name: "json({ verify: rawBody }), forged",
    parser: (e) => e.json({ verify: rawBody }),
    signature: signBody("x"),
    status: 401,
  },
  {
    name: "json({ verify: rawBody }), a number",
    parser: (e) => e.json({ verify: rawBody, strict: false }),
    body: "1",
    status: 400,
  },
  { name: "urlencoded()", parser: (e) => e.urlencoded(), status: 200 },
  {
    name: "urlencoded(), a form",
    parser: (e) => e.urlencoded(),
    body: "topic=a.b",
    type: "application/x-www-form-urlencoded",
    status: 500,
  },
  {
    name: "urlencoded({ verify: rawBody }), a form",
    parser: (e) => e.urlencoded({ verify: rawBody }),
    body: "topic=a.b",
    type: "application/x-www-form-urlencoded",
    status: 400,
  },
  { name: "text()", parser: (e) => e.text(), status: 200 },
  { name: "text() of everything", parser: (e) => e.text({ type: everything }), body: text, status: 200 },
  {
    name: "text() of everything, forged",
    parser: (e) => e.text({ type: everything }),
    signature: signBody("x"),
    status: 401,
  },
  { name: "raw()", parser: (e) => e.raw(), status: 200 },
  { name: "raw() of everything", parser: (e) => e.raw({ type: everything }), body: text, status: 200 },
  {
    name: "raw() of everything, forged",
    parser: (e) => e.raw({ type: everything }),
    signature: signBody("x"),
    status: 401,
  },
  {
    name: "raw() of everything, byte FF signed as U+FFFD",
    parser: (e) => e.raw({ type: everything }),
    body: Buffer.of(0x22, 0xff, 0x22),
    signature: signBody('"\ufffd"'),
    status: 401,
  },
  {
    name: "raw() of more than the receiver takes",
    parser: (e) => e.raw({ type: everything, limit: "2mb" }),
    body: createEventBody({ data: "x".repeat(2 ** 20) }),
    status: 413,
  },
  {
    name: "raw() of more than the receiver takes, in chunks",
    parser: (e) => e.raw({ type: everything, limit: "2mb" }),
    body: createEventBody({ data: "x".repeat(2 ** 20) }),
    chunked: true,
    status: 413,
  },
  {
    name: "raw() of what it unpacked",
    parser: (e) => e.raw({ type: everything }),
    encoding: "gzip",
    body: gzipSync(text),
    status: 415,
  },
];

for (const [version, express] of versions)
  describe(`${version}, behind a parser`, () => {
    for (const {
      name,
      parser,
      body = createEventBody(),
      type = "application/json",
      signature,
      encoding,
      chunked,
      status,
    } of cases)
      test(`${name}: ${status}`, async () => {
        const handled: unknown[] = [];
        const logger = new CapturingLogger();
        const app = express();
        app.use(parser(express));
        app.use(heronWebhook({ secret: SECRET, logger, on: { "**": (event) => void handled.push(event) } }));
        await using server = await listen(app);
        const headers = {
          "content-type": type,
          "heron-signature": signature ?? signBody(body),
          ...(encoding === undefined ? {} : { "content-encoding": encoding }),
          ...(chunked ? { "transfer-encoding": "chunked" } : {}),
        };
        const reply = await sendRequest(server.port, { ...createSignedPost(), headers, body });
        expect(reply.status).toBe(status);
        expect(handled).toEqual(status === 200 ? [JSON.parse(body.toString())] : []);
        if (status === 500) expectBodyConsumed(reply, logger);
      });

    test("express.json(), then an unsigned request: rejected without a reason", async () => {
      const app = express();
      app.use(express.json(), heronWebhook({ secret: SECRET, logger: false, on: {} }));
      await using server = await listen(app);
      const { headers: _, ...post } = createSignedPost();
      const json = { ...post, headers: { "content-type": "application/json" } };
      expect(await sendRequest(server.port, json)).toMatchObject({ status: 401 });
    });

    test.each([10, 400_000])(
      "a rawBody that is still growing is not taken as whole (%i bytes)",
      async (size) => {
        const app = express();
        app.use((req, _res, next) => {
          let text = "";
          req.on("data", (bytes: Buffer) => {
            text += bytes.toString();
            Object.assign(req, { rawBody: text });
          });
          Object.assign(req, { rawBody: "" });
          next();
        });
        app.use(heronWebhook({ secret: SECRET, logger: false, on: {} }));
        await using server = await listen(app);
        const post = createSignedPost(createEventBody({ data: "x".repeat(size) }));
        expect(await sendRequest(server.port, post)).toMatchObject({ status: 200 });
        expect(await sendRequest(server.port, { ...post, body: "{}" })).toMatchObject({ status: 401 });
      },
    );

    test("a parser of the platform's, which leaves rawBody", async () => {
      const app = express();
      app.use(express.raw({ type: everything }), (req, _res, next) => {
        const bytes: unknown = req.body;
        Object.assign(req, { rawBody: bytes, body: { parsed: true } });
        next();
      });
      app.use(heronWebhook({ secret: SECRET, logger: false, on: {} }));
      await using server = await listen(app);
      expect(await sendRequest(server.port, createSignedPost())).toMatchObject({ status: 200 });
    });
  });

/** The log explains the fix; the response does not. */
function expectBodyConsumed(reply: TestResponse, logger: CapturingLogger): void {
  expect(JSON.parse(reply.body)).toEqual({
    error: "body_already_consumed",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(logger.lines).toMatchObject([{ level: "error", details: { code: "body_already_consumed" } }]);
  expect(logger.lines[0]?.message).toContain("express.json({ verify: rawBody })");
}
