import { createEventBody, PATH, signBody } from "../signed-request.ts";

/** The servers that the corpus is run against. */
export type ServerKind = "Express 5" | "Express 4" | "Fastify" | "node:http";

/** One attack: what is sent over a connection of its own, and what must come of it. */
export interface AttackRow {
  readonly name: string;
  /** What goes wrong where this is not caught. */
  readonly why: string;
  readonly steps: readonly Step[];
  readonly expect: ExpectedResponse;
  /** Where servers rightly answer in different ways. */
  readonly differs?: Readonly<
    Partial<Record<ServerKind, Partial<ExpectedResponse> & { readonly because: string }>>
  >;
}

export type Step =
  | Uint8Array
  /** Wait until the receiver is reading a body, then let its clock run. */
  | { readonly whileReading: number }
  /** Break the connection off with a reset while a body is being read, or say that nothing more will come. */
  | "reset"
  | "end";

export interface ExpectedResponse {
  /** The statuses of the replies in their order; any of a list, where timing decides. */
  readonly statuses: readonly (number | readonly number[])[];
  /** Open: another request on it is answered, so no byte was left over or taken too many. */
  readonly connection: "open" | "closed";
  /**
   * The topics of the events that the handler was given. `perhaps`: one at most. What comes in one packet Node hands
   * on at once, so a valid request may be handled behind one whose reply closes the connection; it was verified by
   * itself, and without a reply its sender sends it again.
   */
  readonly handled: readonly string[] | "perhaps";
  /** Who answers: Node's HTTP parser refuses some requests before any application sees them. */
  readonly by: "receiver" | "node" | "framework" | "receiver, then node";
}

export interface Post {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  readonly body?: string | Uint8Array;
  /** A header's value; made of the valid one; or none. */
  readonly signature?: string | null | ((valid: string) => string);
  /** Header lines besides. */
  readonly lines?: readonly string[];
  /** Header lines that frame the body, in place of its length; with `chunked` the body is sent in chunks. */
  readonly framing?: "chunked" | readonly string[];
}

/** The bytes of a request: a valid one, but for what is asked. */
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

/** A request whose framing headers and bytes behind the head are given. */
export function frameBody(framing: readonly string[], sent: (body: Buffer) => string | Uint8Array): Buffer {
  const body = Buffer.from(createEventBody());
  const whole = post({ body, framing });
  return Buffer.concat([whole.subarray(0, whole.length - body.length), Buffer.from(sent(body))]);
}

/** In two chunks, so that bodies of more than one are met. */
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

/** Refused by the receiver; the connection goes on, unless the body was left unread. */
export function expectError(status: number, body: "read" | "unread"): ExpectedResponse {
  const connection = body === "read" ? "open" : "closed";
  return { statuses: [status], connection, handled: [], by: "receiver" };
}

/** Refused by Node before anybody else sees it. */
export function expectNodeError(status = 400): ExpectedResponse {
  return { statuses: [status], connection: "closed", handled: [], by: "node" };
}

/** Whether Node's HTTP parser is at least llhttp 9. Node 20.19 has llhttp 8, which accepts more spellings and does not know QUERY. */
export const HAS_LLHTTP_9: boolean = Number(process.versions["llhttp"]?.split(".")[0]) >= 9;

/** Nobody's: no route is there. */
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
