import type { EventMap } from "../catalog.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type Duration, milliseconds } from "../duration.ts";
import { HeronError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import { compileSchema, type JsonSchema, type Validate } from "../schema.ts";
import { shown } from "../shown.ts";
import { PatternIndex } from "../topic/pattern-index.ts";
import { type DedupeStore, memoryDedupe } from "./dedupe.ts";
import { type Handler, indexHandlers } from "./handlers.ts";
import { consoleLogger, Reporter, silentLogger } from "./logger.ts";
import type { DedupeOptions, ReceiverOptions } from "./options.ts";
import { SecretSource } from "./secrets.ts";

/** The options, checked and filled in. */
export interface Settings<Source> {
  readonly path: string;
  readonly secrets: SecretSource<Source>;
  readonly handlers: PatternIndex<Handler<WebhookEvent, Source>>;
  readonly dedupe: DedupeSettings | null;
  readonly tolerance: number | null;
  readonly strict: boolean;
  readonly bodyLimit: number;
  readonly schemas: PatternIndex<Validate>;
  readonly timeout: number;
  readonly signatureHeader: string;
  readonly reporter: Reporter;
  readonly name: string;
  readonly clock: Clock;
}

export interface DedupeSettings {
  readonly store: DedupeStore;
  readonly ttl: number;
  readonly key: DedupeOptions["key"];
}

const DEFAULT_PATH = "/webhooks/heron";
const KNOWN: { readonly [Name in keyof ReceiverOptions]-?: true } = {
  path: true,
  secret: true,
  on: true,
  dedupe: true,
  tolerance: true,
  strict: true,
  bodyLimit: true,
  schemas: true,
  timeout: true,
  signatureHeader: true,
  onError: true,
  logger: true,
  name: true,
  clock: true,
};

/** @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid` */
export function settingsOf<Events extends EventMap, Source>(
  options: ReceiverOptions<Events, Source>,
): Settings<Source> {
  need("options", options, isRecord(options), "an object");
  for (const name of Object.keys(options))
    if (!Object.hasOwn(KNOWN, name))
      throw new HeronError(
        "option_invalid",
        `There is no option ${shown(name)}. There are: ${Object.keys(KNOWN).join(", ")}.`,
      );
  const {
    path = DEFAULT_PATH,
    bodyLimit = 1024 * 1024,
    signatureHeader = "heron-signature",
    name = "heron",
    strict = false,
  } = options;
  const { logger = consoleLogger, onError, clock = systemClock, on = {}, schemas = {} } = options;
  need("path", path, typeof path === "string" && /^\/[^?#\s]*$/.test(path), 'a path that begins with "/"');
  need("bodyLimit", bodyLimit, Number.isSafeInteger(bodyLimit) && bodyLimit > 0, "a number of bytes from 1");
  need(
    "signatureHeader",
    signatureHeader,
    typeof signatureHeader === "string" && /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(signatureHeader),
    "the name of a header",
  );
  need("name", name, typeof name === "string" && name !== "", "a string that is not empty");
  need("strict", strict, typeof strict === "boolean", "true or false");
  need(
    "logger",
    logger,
    logger === false ||
      ["debug", "info", "warn", "error"].every(
        (level) => typeof Reflect.get(Object(logger), level) === "function",
      ),
    "a logger with debug, info, warn and error, or false",
  );
  need("onError", onError, onError === undefined || typeof onError === "function", "a function");
  need("on", on, isRecord(on), "an object of handlers by pattern");
  need("schemas", schemas, isRecord(schemas), "an object of JSON Schemas by pattern");
  const timed =
    typeof Reflect.get(Object(clock), "now") === "function" &&
    typeof Reflect.get(Object(clock), "setTimeout") === "function";
  need("clock", clock, timed, "a clock, with now() and setTimeout()");
  const tolerance = toleranceOf(options.tolerance);
  return {
    path,
    secrets: new SecretSource(options.secret, clock),
    handlers: indexHandlers(on),
    dedupe: dedupeOf(options.dedupe, tolerance, clock),
    tolerance,
    strict,
    bodyLimit,
    schemas: indexSchemas(schemas),
    timeout: milliseconds("timeout", options.timeout ?? "9s"),
    signatureHeader: signatureHeader.toLowerCase(),
    reporter: new Reporter(name, logger === false ? silentLogger : logger, onError),
    name,
    clock,
  };
}

function need(option: string, value: unknown, holds: boolean, what: string): void {
  if (!holds) throw new HeronError("option_invalid", `${option} must be ${what}; it is ${shown(value)}.`);
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toleranceOf(tolerance: Duration | undefined): number | null {
  if (tolerance === undefined) return null;
  const ms = milliseconds("tolerance", tolerance);
  if (ms < 1000)
    throw new HeronError(
      "option_invalid",
      `tolerance is ${ms} ms, which no event could keep; numbers are milliseconds, so for seconds write "${ms}s".`,
    );
  return ms;
}

function dedupeOf(
  option: ReceiverOptions["dedupe"],
  tolerance: number | null,
  clock: Clock,
): DedupeSettings | null {
  if (option === false) return null;
  need(
    "dedupe",
    option,
    option === undefined || isRecord(option),
    "a dedupe store, { store, ttl, key }, or false",
  );
  const given: DedupeOptions =
    option !== undefined && "reserve" in option ? { store: option } : (option ?? {});
  for (const name of Object.keys(given))
    need(
      `dedupe.${name}`,
      Reflect.get(given, name),
      ["store", "ttl", "key"].includes(name),
      "left out: there are store, ttl and key",
    );
  const { store = memoryDedupe({ clock }), ttl: duration = "24h", key } = given;
  for (const operation of ["reserve", "complete", "release"] as const)
    need(
      "dedupe",
      store,
      typeof Reflect.get(Object(store), operation) === "function",
      `a dedupe store, with ${operation}()`,
    );
  need("dedupe.key", key, key === undefined || typeof key === "function", "a function");
  const ttl = milliseconds("dedupe.ttl", duration, { max: Number.MAX_SAFE_INTEGER });
  if (tolerance !== null && ttl < 2 * tolerance)
    throw new HeronError(
      "option_invalid",
      `dedupe.ttl is ${ttl} ms and must be at least twice the tolerance of ${tolerance} ms: an event may come from either end of it, and would be handled again.`,
    );
  return { store, ttl, key };
}

function indexSchemas(schemas: object): PatternIndex<Validate> {
  const index = new PatternIndex<Validate>();
  for (const [pattern, schema] of Object.entries(schemas)) {
    const option = `schemas[${JSON.stringify(pattern)}]`;
    need(option, schema, isRecord(schema), "a JSON Schema");
    index.add(pattern, compileSchema(option, schema as JsonSchema));
  }
  return index;
}
