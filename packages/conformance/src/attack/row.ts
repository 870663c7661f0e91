import { createEventBody, PATH, signBody } from "../signed-request.ts";

/** The servers under attack. */
export type ServerKind = "Express 5" | "Express 4" | "Fastify" | "node:http";

/** One attack: its requests on one connection, and the expected result. */
export interface AttackRow {
  readonly name: string;
  /** The consequence if it is not caught. */
  readonly why: string;
  readonly steps: readonly Step[];
  readonly expect: ExpectedResponse;
  /** Valid differences between servers. */
  readonly differs?: Readonly<
    Partial<Record<ServerKind, Partial<ExpectedResponse> & { readonly because: string }>>
  >;
}

export type Step =
  | Uint8Array
  /** Wait until the receiver reads a body, then advance its clock. */
  | { readonly whileReading: number }
  /** Reset the connection while a body is being read, or half-close it. */
  | "reset"
  | "end";

export interface ExpectedResponse {
  /** The statuses of the responses in order; any of a list, if timing decides. */
  readonly statuses: readonly (number | readonly number[])[];
  /** Open: another request gets a response, so the receiver read exactly the body. */
  readonly connection: "open" | "closed";
  /**
   * The topics of handled events. `perhaps`: at most one. Node emits all requests of one packet, so a valid request can be
   * handled after one whose response closes the connection. It is verified itself, and its sender retries without a
   * response.
   */
  readonly handled: readonly string[] | "perhaps";
  /** The source of the response: Node's HTTP parser rejects some requests itself. */
  readonly by: "receiver" | "node" | "framework" | "receiver, then node";
}

export interface Post {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  readonly body?: string | Uint8Array;
  /** A header's value; a change of the valid one; or none. */
  readonly signature?: string | null | ((valid: string) => string);
  /** Additional header lines. */
  readonly lines?: readonly string[];
  /** Header lines that frame the body instead of its length; `chunked` sends it in chunks. */
  readonly framing?: "chunked" | readonly string[];
}

/** The bytes of a request that is valid except for the options. */
export function post(options: Post = {}): Buffer {
  const { method = "POST", target = PATH, version = "1.1", lines = [], framing, signature } = options;
  const body = Buffer.from(options.body ?? createEventBody());
  const valid = signBody(body);
  const value = typeof signature === "function" ? signature(valid) : signature;
  const chunked = framing === "chunked";
  const frame = chunked ? ["Transfer-Encoding: chunked"] : (framing ?? [`Content-Length: ${body.length}`]);
  const head = [
    `${method} ${target} HTTP/${version}`,
    "Host: localhost",
    ...(value === null ? [] : [`Heron-Signature: ${value ?? valid}`]),
    ...lines,
    ...frame,
  ];
  return Buffer.concat([
    Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"),
    chunked ? splitIntoChunks(body) : body,
  ]);
}

/** A request with these framing headers and body bytes. */
export function frameBody(framing: readonly string[], sent: (body: Buffer) => string | Uint8Array): Buffer {
  const body = Buffer.from(createEventBody());
  const whole = post({ body, framing });
  return Buffer.concat([whole.subarray(0, whole.length - body.length), Buffer.from(sent(body))]);
}

/** Two chunks, so that bodies have more than one. */
export function splitIntoChunks(body: Uint8Array): Buffer {
  const half = body.length >> 1;
  const parts = [body.subarray(0, half), body.subarray(half)].filter((part) => part.length > 0);
  const sent = parts.flatMap((part) => [`${part.length.toString(16)}\r\n`, part, "\r\n"]);
  return Buffer.concat([...sent, "0\r\n\r\n"].map((part) => Buffer.from(part)));
}

const TOPIC = "end_user.processed";

/** Authentic, and handled. */
export const ACCEPTED: ExpectedResponse = {
  statuses: [200],
  connection: "open",
  handled: [TOPIC],
  by: "receiver",
};

/** Rejected by the receiver. The connection stays open unless the body is unread. */
export function expectError(status: number, body: "read" | "unread"): ExpectedResponse {
  const connection = body === "read" ? "open" : "closed";
  return { statuses: [status], connection, handled: [], by: "receiver" };
}

/** Rejected by Node before the application. */
export function expectNodeError(status = 400): ExpectedResponse {
  return { statuses: [status], connection: "closed", handled: [], by: "node" };
}

/** Whether Node's HTTP parser is at least llhttp 9. Node 20.19 has llhttp 8, which accepts more spellings and does not know QUERY. */
export const HAS_LLHTTP_9: boolean = Number(process.versions["llhttp"]?.split(".")[0]) >= 9;

/** No route matches. */
export const NOT_FOUND: ExpectedResponse = {
  statuses: [404],
  connection: "open",
  handled: [],
  by: "framework",
};

/** A row of one request. */
export function row(
  name: string,
  why: string,
  sent: Post | Uint8Array,
  expect: ExpectedResponse,
  differs?: AttackRow["differs"],
): AttackRow {
  const steps = [sent instanceof Uint8Array ? sent : post(sent)];
  return { name, why, steps, expect, ...(differs === undefined ? {} : { differs }) };
}
