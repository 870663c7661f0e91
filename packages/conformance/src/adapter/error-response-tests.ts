import { METHODS } from "node:http";
import { expect } from "vitest";
import { RawConnection } from "../raw-connection.ts";
import { createEventBody, createSignedPost, PATH, signBody } from "../signed-request.ts";
import type { AdapterUnderTest } from "../types.ts";
import { createAdapterTest, type TestServer } from "./test-server.ts";

export function testErrorResponses(adapter: AdapterUnderTest): void {
  const adapterTest = createAdapterTest(adapter);
  const unread = adapter.closesOnUnreadBody ? "close" : "keep-alive";
  const expectNotHandled = (opened: TestServer): void => expect(opened.handled).toEqual([]);

  // Node responds to methods that its parser does not know: QUERY, in Node 20.19.
  for (const method of adapter.otherMethods.filter((name) => METHODS.includes(name)))
    adapterTest(`405: ${method}, with the allowed method`, async (open) => {
      const opened = await open();
      const response = await opened.send({ ...createSignedPost(), method });
      expect(response).toMatchObject({ status: 405, headers: { allow: "POST", connection: unread } });
      expect(response.body).toBe(method === "HEAD" ? "" : '{"error":"method_not_allowed"}');
      expect(response.headers["access-control-allow-origin"]).toBeUndefined();
      expectNotHandled(opened);
    });

  adapterTest("415: an encoded body, with the accepted encoding", async (open) => {
    const opened = await open();
    const { headers, ...post } = createSignedPost();
    const response = await opened.send({ ...post, headers: { ...headers, "content-encoding": "gzip" } });
    expect(response).toMatchObject({
      status: 415,
      headers: { "accept-encoding": "identity", connection: unread },
    });
    expect(response.body).toBe('{"error":"encoding_unsupported"}');
    expectNotHandled(opened);
  });

  adapterTest("the content type is ignored", async (open) => {
    const { send, handled } = await open();
    const types = [
      undefined,
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/octet-stream",
      "@@",
    ];
    for (const type of types) {
      const { headers, ...post } = createSignedPost();
      const { "content-type": _, ...rest } = headers;
      const sent = { ...post, headers: type === undefined ? rest : { ...rest, "content-type": type } };
      expect(await send(sent)).toMatchObject({ status: 200 });
    }
    expect(handled).toHaveLength(types.length);
  });

  adapterTest("413: a body over the limit, declared or not; one byte less is accepted", async (open) => {
    const body = createEventBody();
    const within = await open({ bodyLimit: body.length });
    expect(await within.send(createSignedPost(body))).toMatchObject({ status: 200 });

    const opened = await open({ bodyLimit: body.length - 1 });
    const declared = await opened.send(createSignedPost(body));
    expect(declared).toMatchObject({ status: 413, body: '{"error":"body_too_large"}' });
    expect(declared.headers.connection).toBe(unread);
    const { headers, ...post } = createSignedPost(body);
    const undeclared = { ...headers, "transfer-encoding": "chunked" };
    expect(await opened.send({ ...post, headers: undeclared })).toMatchObject({ status: 413 });
    expectNotHandled(opened);
  });

  adapterTest("401: a missing, malformed or wrong signature; responses are identical", async (open) => {
    const opened = await open();
    const body = createEventBody();
    const signatures = [undefined, "", "nonsense", `sha256=${signBody(body)}`, signBody("another body")];
    const responses = [];
    for (const signature of signatures) {
      const headers = signature === undefined ? {} : { "heron-signature": signature };
      const response = await opened.send({ method: "POST", path: PATH, headers, body });
      const { date: _, connection: _c, "keep-alive": _k, ...rest } = response.headers;
      responses.push({ ...response, headers: rest });
    }
    expect(responses[0]).toMatchObject({ status: 401, body: '{"error":"unauthorized"}' });
    for (const response of responses) expect(response).toEqual(responses[0]);
    expectNotHandled(opened);
  });

  adapterTest(
    "401 without a well-formed signature closes the connection without reading the body",
    async (open) => {
      const { server } = await open();
      await using connection = await RawConnection.open(server.port);
      connection.write(`POST ${PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n`);
      expect(await connection.readResponse()).toMatchObject({ status: 401 });
      if (adapter.closesOnUnreadBody) await connection.waitForEnd();
    },
  );

  adapterTest("401: two signature headers, even if both are valid", async (open) => {
    const opened = await open();
    await using connection = await RawConnection.open(opened.server.port);
    const body = createEventBody();
    const signature = `Heron-Signature: ${signBody(body)}\r\n`;
    const head = `Host: a\r\nContent-Length: ${body.length}\r\n${signature}${signature}`;
    connection.write(`POST ${PATH} HTTP/1.1\r\n${head}\r\n${body}`);
    expect(await connection.readResponse()).toMatchObject({ status: 401, body: '{"error":"unauthorized"}' });
    expectNotHandled(opened);
  });

  adapterTest("400: authentic, but no JSON or no event", async (open) => {
    const opened = await open();
    const noEvents = ["1", "null", "[]", "{}", '{"topic":1}', '{"topic":""}', '{"topic":"a.b","meta":[]}'];
    for (const body of ["", "{", "\xff", "topic", ...noEvents]) {
      const response = await opened.send(createSignedPost(body));
      expect(response.status).toBe(400);
      expect(response.body).toBe(`{"error":"${noEvents.includes(body) ? "invalid_event" : "invalid_json"}"}`);
    }
    expectNotHandled(opened);
  });

  adapterTest("408: a body that takes over 5 s", async (open) => {
    const opened = await open();
    await using connection = await RawConnection.open(opened.server.port);
    const body = createEventBody();
    const head = `Host: a\r\nContent-Length: ${body.length}\r\nHeron-Signature: ${signBody(body)}`;
    connection.write(`POST ${PATH} HTTP/1.1\r\n${head}\r\n\r\n${body.slice(0, -1)}`);
    await opened.clock.waitForTimer(5000);
    await opened.clock.advance(5000);
    const response = await connection.readResponse();
    expect(response).toMatchObject({ status: 408, body: '{"error":"body_timeout"}' });
    if (adapter.closesOnUnreadBody) {
      expect(response.headers.get("connection")).toBe("close");
      await connection.waitForEnd();
    }
    expectNotHandled(opened);
  });
}
