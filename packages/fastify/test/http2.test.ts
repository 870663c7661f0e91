import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createSignedPost, PATH, SECRET } from "@heron-webhooks/conformance";
import { heronWebhook } from "@heron-webhooks/fastify";
import fastify from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

describe("HTTP/2", () => {
  const app = fastify({ http2: true });
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  let session: ClientHttp2Session;

  beforeAll(async () => {
    process.on("warning", warned);
    await app.register(heronWebhook, { secret: SECRET, logger: false, bodyLimit: 1000, on: {} });
    await app.listen({ port: 0, host: "127.0.0.1" });
    session = connect(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
    await once(session, "connect");
  });
  afterAll(async () => {
    session.close();
    await app.close();
    process.off("warning", warned);
  });

  async function send(headers: Readonly<Record<string, string>>, body: string | Uint8Array) {
    const stream = session.request({ ":method": "POST", ":path": PATH, ...headers });
    // A reply before the body was read may reset the stream under the rest of it.
    stream.on("error", () => {});
    stream.end(body);
    const [answer] = (await once(stream, "response")) as [Record<string, string | number>];
    return { answer, status: answer[":status"], body: await text(stream) };
  }

  const { headers, body } = createSignedPost();
  const cases = [
    { name: "an event", headers, body, status: 200 },
    { name: "its duplicate", headers, body, status: 200 },
    { name: "no signature", headers: {}, body, status: 401 },
    { name: "a wrong signature", headers, body: `${body} x`, status: 401 },
    { name: "another method", headers: { ...headers, ":method": "PUT" }, body, status: 405 },
    { name: "an encoding", headers: { ...headers, "content-encoding": "gzip" }, body, status: 415 },
    {
      name: "too large, declared",
      headers: { ...headers, "content-length": "1001" },
      body: "x".repeat(1001),
      status: 413,
    },
    { name: "too large, not declared", headers, body: "x".repeat(1001), status: 413 },
  ];
  for (const { name, headers, body, status } of cases)
    test(`${name}: ${status}, and the session goes on`, async () => {
      const reply = await send(headers, body);
      expect(reply.status).toBe(status);
      expect(reply.answer).not.toHaveProperty("connection");
      expect(JSON.parse(reply.body)).toBeTypeOf("object");
      expect(session.destroyed).toBe(false);
      // Node would warn of a header that HTTP/2 does not know, in the next tick.
      await new Promise(setImmediate);
      expect(warnings).toEqual([]);
    });
});
