import { rawBody } from "@heron-webhooks/express";
import compression from "compression";
import cookieSession from "cookie-session";
import type { RequestHandler } from "express";
import helmet from "helmet";
import multer from "multer";
import { other } from "../requests.ts";
import type { OtherRoute } from "../suite.ts";
import type { ExpressModule } from "./positions.ts";
import type { DescribedBody } from "./route-behind.ts";

/** The middleware before and after the receiver in an Express application. */
export interface Surrounding {
  readonly name: string;
  readonly front?: (express: ExpressModule, pipe: RequestHandler) => readonly RequestHandler[];
  readonly between?: (express: ExpressModule, pipe: RequestHandler) => readonly RequestHandler[];
  /** A parser without `verify: rawBody` runs first, so no event can be verified. */
  readonly refusesAll?: boolean;
  /** The expected `request.body` of the route behind. Default: not checked. */
  readonly body?: DescribedBody["kind"];
  /** The route behind reads the request itself. */
  readonly routeReads?: boolean;
  /** Irrelevant if the receiver responds itself. */
  readonly behindAlone?: boolean;
  /** Tested in every position. */
  readonly everywhere?: boolean;
  /** Tested with bodies of all sizes, in `app.use`. */
  readonly allSizes?: boolean;
  readonly others?: readonly OtherRoute[];
}

type ParserName = "json" | "urlencoded" | "text" | "raw";

const PARSERS: readonly ParserName[] = ["json", "urlencoded", "text", "raw"];
const KIND = { json: "object", text: "text", raw: "bytes" } as const;
/** The value in `request.body` of each parser for JSON; that of urlencoded is not checked. */
const expectBodyKind = (parser: ParserName): Pick<Surrounding, "body"> =>
  parser === "urlencoded" ? {} : { body: KIND[parser] };

const always = (): boolean => true;

function parse(
  express: ExpressModule,
  name: ParserName,
  options: { readonly type?: () => boolean; readonly verify?: typeof rawBody },
): RequestHandler {
  return express[name]({ limit: "2mb", ...(name === "urlencoded" ? { extended: false } : {}), ...options });
}

export const NOTHING: Surrounding = { name: "nothing around it", everywhere: true, allSizes: true };

export const JSON_BEHIND: Surrounding = {
  name: "express.json() behind",
  between: (express) => [parse(express, "json", {})],
  body: "object",
  behindAlone: true,
  everywhere: true,
  allSizes: true,
};

export const SURROUNDINGS: readonly Surrounding[] = [
  NOTHING,
  JSON_BEHIND,
  ...PARSERS.flatMap((parser): Surrounding[] => [
    {
      name: `express.${parser}({ verify: rawBody }) in front`,
      front: (express) => [parse(express, parser, { verify: rawBody })],
      allSizes: parser === "json",
    },
    {
      name: `express.${parser}({ verify: rawBody }) of every type in front`,
      front: (express) => [parse(express, parser, { verify: rawBody, type: always })],
      ...expectBodyKind(parser),
    },
    {
      name: `express.${parser}() in front`,
      front: (express) => [parse(express, parser, {})],
      refusesAll: parser === "json",
    },
    {
      name: `express.${parser}() of every type in front`,
      front: (express) => [parse(express, parser, { type: always })],
      // Text and bytes are equivalent to the body.
      refusesAll: parser === "json" || parser === "urlencoded",
      ...(parser === "text" || parser === "raw" ? expectBodyKind(parser) : {}),
    },
    ...(parser === "json"
      ? []
      : [
          {
            name: `express.${parser}() behind`,
            between: (express: ExpressModule) => [parse(express, parser, {})],
            behindAlone: true,
          },
        ]),
    {
      name: `express.${parser}() of every type behind`,
      between: (express) => [parse(express, parser, { type: always })],
      ...expectBodyKind(parser),
      behindAlone: true,
    },
  ]),
  {
    name: "all four parsers behind",
    between: (express) => PARSERS.map((parser) => parse(express, parser, {})),
    body: "object",
    behindAlone: true,
  },
  { name: "multer in front", front: () => [multer().any()] },
  { name: "multer behind", between: () => [multer().any()], behindAlone: true },
  { name: "compression in front", front: () => [compression()] },
  { name: "helmet in front", front: () => [helmet() as RequestHandler] },
  { name: "cookie-session in front", front: () => [cookieSession({ secret: "session" })] },
  {
    name: "compression, helmet, cookie-session and express.json({ verify: rawBody }) in front",
    front: (express) => [
      compression(),
      helmet() as RequestHandler,
      cookieSession({ secret: "session" }),
      parse(express, "json", { verify: rawBody }),
    ],
    body: "object",
  },
  {
    name: "a route behind that reads the request",
    routeReads: true,
    body: "bytes",
    behindAlone: true,
  },
  {
    name: "a middleware that pipes the event on to another server",
    between: (_express, pipe) => [
      (request, response, next) =>
        request.heronEvent === undefined ? next() : pipe(request, response, next),
    ],
    body: "bytes",
    behindAlone: true,
  },
  {
    name: "a middleware in front that pipes another path on",
    front: (_express, pipe) => [
      (request, response, next) => (request.path === "/piped" ? pipe(request, response, next) : next()),
    ],
    others: [
      {
        name: "POST /piped",
        request: () => other("POST", "/piped", { untouched: true }),
        status: 200,
        contains: '{"untouched":true}',
      },
      {
        name: "POST /piped in splitByDelivery",
        request: () => other("POST", "/piped", { untouched: true }, "chunked"),
        status: 200,
        contains: '{"untouched":true}',
      },
    ],
  },
];
