import { createEventBody } from "../signed-request.ts";
import { ACCEPTED, type AttackRow, type ExpectedResponse, expectError, row } from "./row.ts";

const createHandledRow = (topic: string): ExpectedResponse => ({ ...ACCEPTED, handled: [topic] });
const TOPIC = '"topic":"end_user.processed"';
const DEEP = 100_000;

const notEvents = (
  [
    ["a number", "1"],
    ["a string", '"end_user.processed"'],
    ["null", "null"],
    ["true", "true"],
    ["an empty list", "[]"],
    ["a list of an event", `[{${TOPIC}}]`],
    ["an empty object", "{}"],
    ["no bytes at all", ""],
    ["white space alone", " \r\n\t "],
    ["no topic", '{"data":null}'],
    ["an empty topic", '{"topic":""}'],
    ["a topic that is a number", '{"topic":1}'],
    ["a topic that is null", '{"topic":null}'],
    ["a topic that is a list", '{"topic":["end_user.processed"]}'],
    ["a topic that is an object", '{"topic":{"toString":"end_user.processed"}}'],
    ["a topic by way of __proto__", `{"__proto__":{${TOPIC}}}`],
    ["a created that is a number", `{${TOPIC},"created":1767225600}`],
    ["a meta that is a list", `{${TOPIC},"meta":[]}`],
    ["an empty id", `{${TOPIC},"id":""}`],
    ["an id of 257 characters", `{${TOPIC},"id":"${"i".repeat(257)}"}`],
    ["an id that is an object", `{${TOPIC},"id":{}}`],
    ["two documents", `{${TOPIC}}{${TOPIC}}`],
    ["a trailing comma", `{${TOPIC},}`],
    ["a comment", `{${TOPIC}/**/}`],
    ["single quotes", "{'topic':'end_user.processed'}"],
    ["NaN", `{${TOPIC},"data":NaN}`],
    ["a control character in a string", `{${TOPIC},"data":"\n"}`],
    ["a guard before the JSON", `)]}',\n{${TOPIC}}`],
    ["a form", "topic=end_user.processed&data=1"],
    ["XML", "<topic>end_user.processed</topic>"],
    ["lists 100,000 deep", "[".repeat(DEEP) + "]".repeat(DEEP)],
    ["lists 100,000 deep that do not end", "[".repeat(DEEP)],
    ["objects 100,000 deep that do not end", '{"a":'.repeat(DEEP)],
  ] as const
).map(([name, body]) =>
  row(
    `signed, but no event: ${name}`,
    "Destructuring or recursing over it throws past the handler.",
    { body },
    expectError(400, "read"),
  ),
);

const topics = (
  [
    "__proto__",
    "constructor",
    "toString",
    "valueOf",
    "hasOwnProperty",
    "__defineGetter__",
    "then",
    "*",
    "**",
    "end_user.*",
    "constructor.prototype",
    "__proto__.x",
    "END_USER.PROCESSED",
    "end_user..processed",
    ".",
    "é.☃",
    "a\r\nb: c",
    "\u001b[31m",
  ] as const
).map((topic) =>
  row(
    `topic ${JSON.stringify(topic)}`,
    "In a registry that is a plain object it finds what is inherited; as a pattern it matches what it must not.",
    { body: createEventBody({ topic }) },
    createHandledRow(topic),
  ),
);

const segments = "a.".repeat(DEEP).slice(0, -1);

export const json: readonly AttackRow[] = [
  ...notEvents,
  ...topics,
  row(
    "topic of 100,000 segments",
    "Matching that is not linear, or that recurses, stops the process.",
    { body: createEventBody({ topic: segments }) },
    createHandledRow(segments),
  ),
  row(
    "topic of 500,000 letters",
    "Split, matched and logged whole, it costs memory at each step.",
    { body: createEventBody({ topic: "a".repeat(500_000) }) },
    createHandledRow("a".repeat(500_000)),
  ),
  row(
    "topic in a header",
    "Only the body is signed.",
    { lines: ["Heron-Topic: pdf.failed", "X-Heron-Topic: pdf.failed"] },
    ACCEPTED,
  ),
  row(
    "topic twice",
    "The parser's last one counts, for the check and for the handler alike.",
    { body: `{"topic":"pdf.failed",${TOPIC}}` },
    ACCEPTED,
  ),
  row(
    "key __proto__",
    "Copied, it sets a prototype.",
    { body: `{${TOPIC},"data":{"__proto__":{"polluted":1},"n":1}}` },
    ACCEPTED,
  ),
  row(
    "key __proto__ in escapes",
    "Found by text alone, it would be missed.",
    { body: `{${TOPIC},"data":{"\\u005f_proto_\\u005F":{"polluted":1},"n":2}}` },
    ACCEPTED,
  ),
  row(
    "key constructor with a prototype",
    "Merged, it reaches Object.prototype.",
    { body: `{${TOPIC},"data":{"constructor":{"prototype":{"polluted":1}}}}` },
    ACCEPTED,
  ),
  row(
    "key __proto__ in the envelope",
    "The event itself may be copied as well as its data.",
    { body: `{${TOPIC},"__proto__":{"polluted":1},"id":"evt_proto"}` },
    ACCEPTED,
  ),
  row(
    "keys toJSON and then",
    "Awaited or printed, they would be called.",
    { body: `{${TOPIC},"data":{"then":"x","toJSON":1}}` },
    ACCEPTED,
  ),
  row(
    "data 100,000 lists deep",
    "Recursion runs out of stack.",
    { body: `{${TOPIC},"data":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}` },
    ACCEPTED,
  ),
  row(
    "data 50,000 objects deep with a suspect key",
    "So does the search for keys to leave out.",
    { body: `{${TOPIC},"data":${'{"a":'.repeat(50_000)}{"__proto__":1}${"}".repeat(50_000)}}` },
    ACCEPTED,
  ),
  row(
    "60,000 keys",
    "Keys that meet in one hash bucket, or are checked each against all, take unbounded time.",
    { body: `{${TOPIC},"data":{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":0`).join()}}}` },
    ACCEPTED,
  ),
  row(
    "a number of 500,000 digits",
    "Turned into a big integer, it takes the square of its length.",
    { body: `{${TOPIC},"data":${"9".repeat(500_000)}}` },
    ACCEPTED,
  ),
  row(
    "a number beyond all",
    "JSON allows it; it becomes Infinity.",
    { body: `{${TOPIC},"data":1e999999}` },
    ACCEPTED,
  ),
  row(
    "500,000 open quotes and backslashes",
    "The search for white space must not start over at each.",
    { body: `{${TOPIC},"data":"${'\\\\\\"'.repeat(125_000)}"}`, signature: "A".repeat(43).concat("=") },
    expectError(401, "read"),
  ),
];
