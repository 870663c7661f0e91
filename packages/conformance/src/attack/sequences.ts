import { createEventBody, signBody } from "../signed-request.ts";
import { ACCEPTED, type AttackRow, expectError, post } from "./row.ts";

const IN_STEP = "What is left of one request must not be read as the next, nor take the next one's place.";
const [same] = [post()];
const body = Buffer.from(createEventBody());
const [head, tail] = [post({ body }).subarray(0, -10), body.subarray(-10)];
const createTrickle = Array.from({ length: 4 }, (_, i) => [
  Buffer.of(0x20 + i),
  { whileReading: 1000 },
]).flat();

interface Sequence {
  readonly name: string;
  readonly why?: string;
  readonly sent: readonly Buffer[];
  readonly statuses: AttackRow["expect"]["statuses"];
  readonly handled: number;
  readonly closed?: boolean;
  readonly by?: AttackRow["expect"]["by"];
}

const pipelined = (
  [
    { name: "two events", sent: [post(), post()], statuses: [200, 200], handled: 2 },
    {
      name: "ten events",
      sent: Array.from({ length: 10 }, () => post()),
      statuses: Array(10).fill(200),
      handled: 10,
    },
    { name: "one event twice", sent: [same, same], statuses: [200, [200, 409]], handled: 1 },
    {
      name: "an event behind a wrong signature",
      sent: [post({ signature: `${"A".repeat(43)}=` }), post()],
      statuses: [401, 200],
      handled: 1,
    },
    {
      name: "an event behind a signed body that is not JSON",
      sent: [post({ body: "{" }), post()],
      statuses: [400, 200],
      handled: 1,
    },
    {
      name: "an event behind an empty body",
      sent: [post({ body: "" }), post()],
      statuses: [400, 200],
      handled: 1,
    },
    {
      name: "an event behind chunks with a wrong signature",
      sent: [post({ signature: signBody("x"), framing: "chunked" }), post()],
      statuses: [401, 200],
      handled: 1,
    },
    {
      name: "an event behind an unsigned one",
      sent: [post({ signature: null }), post()],
      statuses: [401],
      handled: 0,
      closed: true,
    },
    {
      name: "an event behind a GET with a body",
      sent: [post({ method: "GET" }), post()],
      statuses: [405],
      handled: 0,
      closed: true,
    },
    {
      name: "an event behind one that is encoded",
      sent: [post({ lines: ["Content-Encoding: br"] }), post()],
      statuses: [415],
      handled: 0,
      closed: true,
    },
    {
      name: "an event behind one that says it is too large",
      sent: [post({ framing: [`Content-Length: ${2 ** 30}`] }), post()],
      statuses: [413],
      handled: 0,
      closed: true,
    },
    {
      name: "an event behind one that is too large",
      sent: [post({ framing: "chunked", body: " ".repeat(2 ** 20 + 1) }), post()],
      statuses: [413],
      handled: 0,
      closed: true,
    },
    {
      name: "an event behind one that asks to close",
      sent: [post({ lines: ["Connection: close"] }), post()],
      statuses: [200],
      handled: 1,
      closed: true,
    },
    {
      name: "an event behind one that is not found",
      sent: [post({ target: "/nowhere" }), post()],
      statuses: [404, 200],
      handled: 1,
      by: "framework",
    },
  ] as readonly Sequence[]
).map(({ name, why = IN_STEP, sent, statuses, handled, closed = false, by = "receiver" }): AttackRow => {
  const topics = Array.from({ length: handled }, () => "end_user.processed");
  const expect = {
    statuses,
    handled: closed ? "perhaps" : topics,
    connection: closed ? "closed" : "open",
    by,
  } as const;
  return { name: `pipelined: ${name}`, why, steps: [Buffer.concat(sent)], expect };
});

const slow = expectError(408, "unread");
const disconnected = { statuses: [], connection: "closed", handled: [], by: "receiver" } as const;

export const sequences: readonly AttackRow[] = [
  ...pipelined,
  {
    name: "a body that stops",
    why: "A connection held for nothing.",
    steps: [post().subarray(0, -1), { whileReading: 5000 }],
    expect: slow,
  },
  {
    name: "a body that never starts",
    why: "A connection held for nothing.",
    steps: [post({ body: "", framing: ["Content-Length: 100"] }), { whileReading: 5000 }],
    expect: slow,
  },
  {
    name: "chunks that stop",
    why: "A connection held for nothing.",
    steps: [post({ framing: "chunked" }).subarray(0, -5), { whileReading: 5000 }],
    expect: slow,
  },
  {
    name: "a body that trickles",
    why: "Each byte must not buy more time.",
    steps: [post({ body: "", framing: ["Content-Length: 100"] }), ...createTrickle, { whileReading: 1000 }],
    expect: slow,
  },
  {
    name: "a body that is slow, but in time",
    why: "Slow is not late.",
    steps: [head, { whileReading: 4999 }, tail],
    expect: ACCEPTED,
  },
  {
    name: "a body that stops, unsigned",
    why: "Refused before it is read, there is nothing to wait for.",
    steps: [post({ signature: null }).subarray(0, -1)],
    expect: expectError(401, "unread"),
  },
  {
    name: "a connection reset in the middle of a body",
    why: "A stream error without a listener ends the process.",
    steps: [post().subarray(0, -1), "reset"],
    expect: disconnected,
  },
  {
    name: "a connection reset in the middle of a chunk",
    why: "A stream error without a listener ends the process.",
    steps: [post({ framing: "chunked" }).subarray(0, -20), "reset"],
    expect: disconnected,
  },
];
