import { createEventBody, signBody } from "../signed-request.ts";
import { ACCEPTED, type AttackRow, expectError, expectNodeError, HAS_LLHTTP_9, post, row } from "./row.ts";

const hidden = createEventBody();

const methods = (["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "QUERY"] as const).map(
  (method) =>
    row(
      `${method} with a good signature`,
      "Only POST is a webhook.",
      { method },
      method === "QUERY" && !HAS_LLHTTP_9 ? expectNodeError() : expectError(405, "unread"),
    ),
);

const otherMethods = (["PROPFIND", "SEARCH", "PURGE"] as const).map((method) =>
  row(`${method} with a good signature`, "Only POST is a webhook.", { method }, expectError(405, "unread"), {
    Fastify: {
      statuses: [404],
      connection: "open",
      by: "framework",
      because: "Fastify routes no unregistered method.",
    },
  }),
);

export const heads: readonly AttackRow[] = [
  ...methods,
  ...otherMethods,
  row(
    "a preflight of a browser",
    "A webhook is sent by a server: no origin is let in, by any header.",
    {
      method: "OPTIONS",
      signature: null,
      lines: ["Origin: https://evil.example", "Access-Control-Request-Method: POST"],
    },
    expectError(405, "unread"),
  ),
  row(
    "an event with an Origin",
    "An Origin is no reason to refuse, nor to allow a browser to read the answer.",
    { lines: ["Origin: https://evil.example"] },
    ACCEPTED,
  ),
  row(
    "CONNECT",
    "Node closes it without a listener for tunnels.",
    { method: "CONNECT", target: "localhost:80" },
    { ...expectNodeError(), statuses: [] },
  ),
  row("a method in lower case", "Methods have a case.", { method: "post" }, expectNodeError()),
  row(
    "a method that there is not",
    "Node's parser knows its methods.",
    { method: "WEBHOOK" },
    expectNodeError(),
  ),
  row(
    "GET that asks to be a POST",
    "A method given twice, once unchecked.",
    {
      method: "GET",
      lines: ["X-HTTP-Method-Override: POST", "X-Method-Override: POST"],
      target: "/webhooks/heron?_method=POST",
    },
    expectError(405, "unread"),
  ),
  row(
    "POST that asks to be a GET",
    "Taken at its word, it would be refused, or passed on to a route for GET.",
    { lines: ["X-HTTP-Method-Override: GET"] },
    ACCEPTED,
  ),
  row(
    "a test flag in the query and in headers",
    "No flag passes by the signature.",
    {
      target: "/webhooks/heron?ssl_check=1&test=1&debug=true",
      signature: null,
      lines: ["X-Test: 1"],
      body: "ssl_check=1",
    },
    expectError(401, "unread"),
  ),
  row(
    "an address of the sender's own choosing",
    "Where it says it comes from proves nothing.",
    {
      signature: null,
      lines: ["X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1"],
    },
    expectError(401, "unread"),
  ),
  row(
    "a user and password",
    "Only the signature lets in.",
    { signature: null, lines: ["Authorization: Basic aGVyb246aGVyb24="] },
    expectError(401, "unread"),
  ),
  row("HTTP/1.0", "Answered, and closed.", { version: "1.0" }, { ...ACCEPTED, connection: "closed" }),
  row(
    "HTTP/1.0 without a length",
    "No length is no body.",
    { version: "1.0", framing: [], body: "", signature: signBody(hidden) },
    { ...expectError(401, "read"), connection: "closed" },
  ),
  row("HTTP/1.2", "A version that there is not.", { version: "1.2" }, expectNodeError()),
  row(
    "HTTP/2 without an upgrade",
    "A server of HTTP/1 must not read it as a request.",
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    expectNodeError(),
  ),
  row("a TLS greeting", "The wrong door.", Buffer.from("16030100c8010000c40303", "hex"), expectNodeError()),
  row(
    "an upgrade to a WebSocket",
    "Answered as a request like any other.",
    { lines: ["Connection: Upgrade", "Upgrade: websocket"] },
    ACCEPTED,
  ),
  row(
    "Expect: 100-continue",
    "The sender waits for leave to send its body.",
    { lines: ["Expect: 100-continue"] },
    ACCEPTED,
  ),
  row(
    "Expect: 100-continue without a signature",
    "Leave is given by Node; the refusal must come all the same.",
    { lines: ["Expect: 100-continue"], signature: null },
    expectError(401, "unread"),
  ),
  row(
    "Expect of something else",
    "Node responds that it cannot be fulfilled.",
    { lines: ["Expect: the-unexpected"] },
    { ...expectNodeError(417), connection: "open" },
  ),
  row(
    "no Host",
    "Required since HTTP/1.1.",
    Buffer.from(post().toString("latin1").replace("Host: localhost\r\n", ""), "latin1"),
    expectNodeError(),
  ),
  row(
    "a Host of the sender's own choosing",
    "Nothing is built of it.",
    Buffer.from(post().toString("latin1").replace("Host: localhost", "Host: evil.example\t"), "latin1"),
    ACCEPTED,
  ),
  row(
    "a header of 20 KB",
    "Node limits the head before the application gets it.",
    { lines: [`X-Long: ${"x".repeat(20_000)}`] },
    expectNodeError(431),
  ),
  row(
    "a signature of 20 KB",
    "Node limits the head before the application reads it.",
    { signature: (s) => s.repeat(460) },
    expectNodeError(431),
  ),
  row(
    "lines that end in LF alone",
    "An end of the head for some, not for others.",
    Buffer.from(post().toString("latin1").replaceAll("\r\n", "\n"), "latin1"),
    expectNodeError(),
  ),
  row(
    "headers named like an object's own",
    "Headers copied into a plain object would set its prototype.",
    { lines: ["__proto__: 1", "constructor: 1", "toString: 1", "hasOwnProperty: 1"] },
    ACCEPTED,
  ),
  row(
    "connection named by the sender",
    "A header that the next hop takes away.",
    { lines: ["Connection: Heron-Signature"] },
    ACCEPTED,
  ),
];
