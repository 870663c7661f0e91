import {
  ACCEPTED,
  type AttackRow,
  expectError,
  expectNodeError,
  HAS_LLHTTP_9,
  NOT_FOUND,
  row,
} from "./row.ts";

const WHY =
  "A path that the receiver takes for another's and a route takes for the receiver's lets an unverified event through.";
const CASE = "Fastify's paths have a case, and a slash at the end counts.";
const DECODES = "Fastify compares decoded paths.";

const unsigned = expectError(401, "unread");

export const paths: readonly AttackRow[] = [
  row("path in capitals", WHY, { target: "/WEBHOOKS/Heron", signature: null }, unsigned, {
    Fastify: { ...NOT_FOUND, because: CASE },
    "node:http": { ...NOT_FOUND, because: "Compared as it is." },
  }),
  row("path with a slash at the end", WHY, { target: "/webhooks/heron/", signature: null }, unsigned, {
    Fastify: { ...NOT_FOUND, because: CASE },
    "node:http": { ...NOT_FOUND, because: "Compared as it is." },
  }),
  row("path with a letter encoded", WHY, { target: "/webhooks/%68eron", signature: null }, unsigned, {
    "node:http": { ...NOT_FOUND, because: "Compared as it is." },
  }),
  ...[
    "//webhooks/heron",
    "/webhooks//heron",
    "/webhooks/heron//",
    "/webhooks/heron/.",
    "/webhooks%2fheron",
    "/webhooks/heron%2f",
  ].map((target) =>
    row(`path ${target}`, WHY, { target, signature: null }, unsigned, {
      Fastify: { ...NOT_FOUND, because: "None of its routes takes it for ours." },
      "node:http": { ...NOT_FOUND, because: "Compared as it is." },
    }),
  ),
  row("path with a query", WHY, { target: "/webhooks/heron?a=/other", signature: null }, unsigned),
  row("path with an empty query", WHY, { target: "/webhooks/heron?", signature: null }, unsigned),
  row("path with a fragment", WHY, { target: "/webhooks/heron#/other", signature: null }, unsigned, {
    "node:http": { ...NOT_FOUND, because: "Compared as it is." },
  }),
  row(
    "path in absolute form",
    "The form for a proxy; the host in it is unknown.",
    { target: "http://evil.example/webhooks/heron" },
    ACCEPTED,
  ),
  row(
    "path in absolute form, unsigned",
    WHY,
    { target: "http://evil.example/webhooks/heron", signature: null },
    unsigned,
  ),
  ...[
    "/webhooks/./heron",
    "/other/../webhooks/heron",
    "/webhooks/heron%20",
    "/webhooks/heron%00",
    "/webhooks/heron;x=1",
    "/webhooks/heron.json",
    "/webhooks/heron/more",
    "/webhooks\\heron",
    "/webhooks/heron%3f",
    "/webhooks/heron%23",
    "/webhooks/",
    "*",
  ].map((target) => row(`path ${target}`, WHY, { target, signature: null }, NOT_FOUND)),
  row("path that cannot be decoded", WHY, { target: "/webhooks/%zz", signature: null }, NOT_FOUND, {
    Fastify: { statuses: [400], because: DECODES },
  }),
  row(
    "path of a letter outside ASCII",
    WHY,
    { target: "/webhooks/heron\xe9", signature: null },
    HAS_LLHTTP_9 ? expectNodeError() : NOT_FOUND,
  ),
  row("path of 12,000 letters", WHY, { target: `/${"a".repeat(12_000)}`, signature: null }, NOT_FOUND),
];
