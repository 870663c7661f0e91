import type { EventMap } from "../catalog.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type Duration, parseDuration } from "../duration.ts";
import { HeronError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import { compileSchema, type JsonSchema, type Validator } from "../schema.ts";
import { formatValue } from "../text.ts";
import { PatternIndex } from "../topics/pattern-index.ts";
import { type DedupeStore, memoryDedupe } from "./dedupe.ts";
import { type Handler, indexHandlers } from "./handlers.ts";
import { consoleLogger, Reporter, silentLogger } from "./logger.ts";
import type { DedupeOptions, ReceiverOptions } from "./options.ts";
import { SecretSource } from "./secrets.ts";

/** The validated options with defaults. */
export interface ReceiverSettings<Source> {
  readonly path: string;
  readonly secrets: SecretSource<Source>;
  readonly handlers: PatternIndex<Handler<WebhookEvent, Source>>;
  readonly dedupe: DedupeSettings | null;
  readonly toleranceMs: number | null;
  readonly rawBodyOnly: boolean;
  readonly bodyLimit: number;
  readonly schemas: PatternIndex<Validator>;
  readonly timeoutMs: number;
  readonly signatureHeader: string;
  readonly reporter: Reporter;
  readonly name: string;
  readonly clock: Clock;
}

export interface DedupeSettings {
  readonly store: DedupeStore;
  readonly ttlMs: number;
  readonly key: DedupeOptions["key"];
}

const DEFAULT_PATH = "/webhooks/heron";
const KNOWN_OPTIONS: { readonly [Name in keyof ReceiverOptions]-?: true } = {
  path: true,
  secret: true,
  on: true,
  dedupe: true,
  tolerance: true,
  rawBodyOnly: true,
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
export function parseReceiverOptions<Events extends EventMap, Source>(
  options: ReceiverOptions<Events, Source>,
): ReceiverSettings<Source> {
  assertOption("options", options, isObject(options), "an object");
  for (const name of Object.keys(options))
    if (!Object.hasOwn(KNOWN_OPTIONS, name))
      throw new HeronError(
        "option_invalid",
        `Unknown option ${formatValue(name)} in createReceiver(). Valid options: ${Object.keys(KNOWN_OPTIONS).join(", ")}.`,
      );
  const {
    path = DEFAULT_PATH,
    bodyLimit = 1024 * 1024,
    signatureHeader = "heron-signature",
    name = "heron",
    rawBodyOnly = false,
  } = options;
  const { logger = consoleLogger, onError, clock = systemClock, on = {}, schemas = {} } = options;
  assertOption(
    "path",
    path,
    typeof path === "string" && /^\/[^?#\s]*$/.test(path),
    'a path that begins with "/"',
  );
  assertOption(
    "bodyLimit",
    bodyLimit,
    Number.isSafeInteger(bodyLimit) && bodyLimit > 0,
    "a number of bytes from 1",
  );
  assertOption(
    "signatureHeader",
    signatureHeader,
    typeof signatureHeader === "string" && /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(signatureHeader),
    "the name of a header",
  );
  assertOption("name", name, typeof name === "string" && name !== "", "a string that is not empty");
  assertOption("rawBodyOnly", rawBodyOnly, typeof rawBodyOnly === "boolean", "true or false");
  assertOption(
    "logger",
    logger,
    logger === false ||
      ["debug", "info", "warn", "error"].every(
        (level) => typeof Reflect.get(Object(logger), level) === "function",
      ),
    "a logger with debug, info, warn and error, or false",
  );
  assertOption("onError", onError, onError === undefined || typeof onError === "function", "a function");
  assertOption("on", on, isObject(on), "an object of handlers by pattern");
  assertOption("schemas", schemas, isObject(schemas), "an object of JSON Schemas by pattern");
  const isClock =
    typeof Reflect.get(Object(clock), "now") === "function" &&
    typeof Reflect.get(Object(clock), "setTimeout") === "function";
  assertOption("clock", clock, isClock, "a clock, with now() and setTimeout()");
  const toleranceMs = parseTolerance(options.tolerance);
  return {
    path,
    secrets: new SecretSource(options.secret, clock),
    handlers: indexHandlers(on),
    dedupe: parseDedupe(options.dedupe, toleranceMs, clock),
    toleranceMs,
    rawBodyOnly,
    bodyLimit,
    schemas: indexSchemas(schemas),
    timeoutMs: parseDuration("timeout", options.timeout ?? "9s"),
    signatureHeader: signatureHeader.toLowerCase(),
    reporter: new Reporter(name, logger === false ? silentLogger : logger, onError),
    name,
    clock,
  };
}

function assertOption(option: string, value: unknown, isValid: boolean, expected: string): void {
  if (!isValid)
    throw new HeronError("option_invalid", `${option} must be ${expected}; it is ${formatValue(value)}.`);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseTolerance(tolerance: Duration | undefined): number | null {
  if (tolerance === undefined) return null;
  const ms = parseDuration("tolerance", tolerance);
  if (ms < 1000)
    throw new HeronError(
      "option_invalid",
      `tolerance is ${ms} ms, which is too short for any event. Numbers are milliseconds; for seconds write "${ms}s".`,
    );
  return ms;
}

function parseDedupe(
  option: ReceiverOptions["dedupe"],
  tolerance: number | null,
  clock: Clock,
): DedupeSettings | null {
  if (option === false) return null;
  assertOption(
    "dedupe",
    option,
    option === undefined || isObject(option),
    "a dedupe store, { store, ttl, key }, or false",
  );
  const dedupeOptions: DedupeOptions =
    option !== undefined && "reserve" in option ? { store: option } : (option ?? {});
  for (const name of Object.keys(dedupeOptions))
    assertOption(
      `dedupe.${name}`,
      Reflect.get(dedupeOptions, name),
      ["store", "ttl", "key"].includes(name),
      "left out: there are store, ttl and key",
    );
  const { store = memoryDedupe({ clock }), ttl: duration = "24h", key } = dedupeOptions;
  for (const operation of ["reserve", "complete", "release"] as const)
    assertOption(
      "dedupe",
      store,
      typeof Reflect.get(Object(store), operation) === "function",
      `a dedupe store, with ${operation}()`,
    );
  assertOption("dedupe.key", key, key === undefined || typeof key === "function", "a function");
  const ttlMs = parseDuration("dedupe.ttl", duration, { max: Number.MAX_SAFE_INTEGER });
  if (tolerance !== null && ttlMs < 2 * tolerance)
    throw new HeronError(
      "option_invalid",
      `dedupe.ttl is ${ttlMs} ms and must be at least twice the tolerance of ${tolerance} ms, so that a retry at either end of it is recognised.`,
    );
  return { store, ttlMs, key };
}

function indexSchemas(schemas: object): PatternIndex<Validator> {
  const index = new PatternIndex<Validator>();
  for (const [pattern, schema] of Object.entries(schemas)) {
    const option = `schemas[${JSON.stringify(pattern)}]`;
    assertOption(option, schema, isObject(schema), "a JSON Schema");
    index.add(pattern, compileSchema(option, schema as JsonSchema));
  }
  return index;
}
