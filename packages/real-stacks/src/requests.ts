import { createEventBody, RawConnection, signBody } from "@heron-webhooks/conformance";

/** Only signed requests may reach a handler. `other` requests are for the application's own routes. */
export type Kind = "signed" | "forged" | "unsigned" | "other";

/** How a request is written to its connection. */
export type Delivery = "in one packet" | "in two packets" | "chunked" | "byte by byte";

export interface StackRequest {
  readonly kind: Kind;
  /** Identifies the invocations of a request; a retry has the id of the first request. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly delivery: Delivery;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Headers that describe a request to a recorder and to the routes of a stack. */
export const KIND_HEADER = "x-kind";
export const ID_HEADER = "x-id";
/** The status for the handler, or for the route behind the receiver. Default: 200. */
export const FAIL_HEADER = "x-fail";

const FORGED_SECRET = "sec_of-somebody-else";

let ids = 0;

/** An event of exactly `size` bytes, or the smallest event. Below that size it is no event, but can be signed. */
export function createBody(size?: number): Buffer {
  const smallest = createEventBody();
  if (size === undefined || size === Buffer.byteLength(smallest)) return Buffer.from(smallest);
  if (size < Buffer.byteLength(smallest) + 10) return Buffer.from("{}".slice(0, size).padEnd(size, " "));
  const padded = (padding: string): string => createEventBody({ meta: { padding } });
  return Buffer.from(padded("x".repeat(size - Buffer.byteLength(padded("")))));
}

export interface EventRequestOptions {
  readonly delivery?: Delivery;
  readonly size?: number;
  readonly method?: string;
  /** The status of the first response, to test the retry. */
  readonly failWith?: number;
}

/** An event as Heron sends it. */
export const signed = (path: string, options?: EventRequestOptions): StackRequest =>
  createEventRequest("signed", path, (body) => ({ "heron-signature": signBody(body) }), options);

/** An event signed with another secret. */
export const forged = (path: string, options?: EventRequestOptions): StackRequest =>
  createEventRequest(
    "forged",
    path,
    (body) => ({ "heron-signature": signBody(body, FORGED_SECRET) }),
    options,
  );

export const unsigned = (path: string, options?: EventRequestOptions): StackRequest =>
  createEventRequest("unsigned", path, () => ({}), options);

/** A retry of the event, without a forced status. */
export function again(request: StackRequest): StackRequest {
  const { [FAIL_HEADER]: _failed, ...headers } = request.headers;
  return { ...request, headers };
}

/** A request for another route of the application. */
export function other(
  method: "GET" | "POST",
  path: string,
  body?: object,
  delivery: Delivery = "in one packet",
): StackRequest {
  const id = `request-${++ids}`;
  return {
    kind: "other",
    id,
    method,
    path,
    headers: {
      [KIND_HEADER]: "other",
      [ID_HEADER]: id,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
    delivery,
  };
}

function createEventRequest(
  kind: Kind,
  path: string,
  sign: (body: Buffer) => Record<string, string>,
  { delivery = "in one packet", size, method = "POST", failWith }: EventRequestOptions = {},
): StackRequest {
  const id = `request-${++ids}`;
  const body = createBody(size);
  return {
    kind,
    id,
    method,
    path,
    headers: {
      "content-type": "application/json",
      [KIND_HEADER]: kind,
      [ID_HEADER]: id,
      ...(failWith === undefined ? {} : { [FAIL_HEADER]: String(failWith) }),
      ...sign(body),
    },
    body,
    delivery,
  };
}

/** Sends a request over its own connection, split by its `delivery`. */
export async function deliver(port: number, request: StackRequest): Promise<Answer> {
  await using connection = await RawConnection.open(port);
  const { method, path, body, delivery } = request;
  const chunked = delivery === "chunked";
  const framing = chunked ? "transfer-encoding: chunked" : `content-length: ${body.length}`;
  const head = Buffer.from(
    [
      `${method} ${path} HTTP/1.1`,
      "host: localhost",
      ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
      ...(method === "GET" && body.length === 0 ? [] : [framing]),
      "\r\n",
    ].join("\r\n"),
  );
  const replied = connection.readResponse(method);
  // A server that responds early can end the connection; only its response counts.
  for (const [index, piece] of splitByDelivery(head, body, delivery).entries()) {
    if (index > 0) await waitForServerRead();
    connection.write(piece);
  }
  const { status, headers, body: text } = await replied;
  return { status, body: headers.get("transfer-encoding") === "chunked" ? decodeChunks(text) : text };
}

function splitByDelivery(head: Buffer, body: Buffer, delivery: Delivery): Buffer[] {
  switch (delivery) {
    case "in one packet":
      return [Buffer.concat([head, body])];
    case "in two packets":
      return body.length === 0 ? [head] : [head, body];
    case "byte by byte":
      return [head, ...Array.from(body, (_byte, index) => body.subarray(index, index + 1))];
    case "chunked": {
      const half = Math.ceil(body.length / 2);
      const chunks = [body.subarray(0, half), body.subarray(half)].filter((chunk) => chunk.length > 0);
      return [
        head,
        ...chunks.map((chunk) =>
          Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
        ),
        Buffer.from("0\r\n\r\n"),
      ];
    }
  }
}

/** Waits two turns of the event loop, after which a server in this process has read the data; another most likely has. */
async function waitForServerRead(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}

function decodeChunks(text: string): string {
  let rest = text;
  let body = "";
  for (;;) {
    const line = rest.indexOf("\r\n");
    const length = Number.parseInt(rest.slice(0, line), 16);
    if (!(length > 0)) return body;
    body += rest.slice(line + 2, line + 2 + length);
    rest = rest.slice(line + 2 + length + 2);
  }
}
