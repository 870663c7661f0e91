import type { JsonSchema } from "@heron-webhooks/core";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { OperationContext, QueryParameter } from "./operation.ts";
import { type FieldError, Problem } from "./problem.ts";
import { HEAP_SCHEMAS } from "./schemas/heap.ts";
import { SCHEMAS } from "./schemas.ts";

/** Errors reported for one request. */
const MAX_ERRORS = 20;

/** Above this size only the first error is searched for, because each error allocates an object. */
const MAX_VALUES_FOR_ALL_ERRORS = 20_000;

/** Compiles and caches the validators of schemas. */
class SchemaValidators {
  readonly #ajv: Ajv2020;
  readonly #compiled = new WeakMap<JsonSchema, ValidateFunction>();

  constructor(allErrors: boolean) {
    this.#ajv = new Ajv2020({
      strict: true,
      allowUnionTypes: true,
      strictRequired: false,
      validateFormats: false,
      allErrors,
      logger: false,
    });
    // References resolve as in the OpenAPI document.
    this.#ajv.addVocabulary(["components"]);
    this.#ajv.addSchema({ $id: "console", components: { schemas: { ...SCHEMAS, ...HEAP_SCHEMAS } } });
  }

  get(schema: JsonSchema): ValidateFunction {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      const qualifiedSchema = JSON.parse(
        JSON.stringify(schema).replaceAll('"#/components/', '"console#/components/'),
      );
      validate = this.#ajv.compile(qualifiedSchema);
      this.#compiled.set(schema, validate);
    }
    return validate;
  }
}

const firstErrorValidators = new SchemaValidators(false);
const allErrorsValidators = new SchemaValidators(true);

/** Returns the errors of a value by field; for a very large value, only the first. */
export function findErrors(schema: JsonSchema, value: unknown): readonly FieldError[] {
  const validateFirstError = firstErrorValidators.get(schema);
  if (validateFirstError(value)) return [];
  const validate = hasMoreValues(value, MAX_VALUES_FOR_ALL_ERRORS)
    ? validateFirstError
    : allErrorsValidators.get(schema);
  validate(value);
  return (validate.errors ?? []).slice(0, MAX_ERRORS).map(toFieldError);
}

/** Whether a value contains more than `limit` nested values. */
function hasMoreValues(value: unknown, limit: number): boolean {
  const stack = [value];
  let valueCount = 0;
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    if (typeof current !== "object" || current === null) continue;
    const values = Object.values(current);
    valueCount += values.length;
    if (valueCount > limit) return true;
    for (const child of values) stack.push(child);
  }
  return false;
}

/** @throws Problem 400 with every invalid field */
export function assertBody(schema: JsonSchema, value: unknown): void {
  const errors = findErrors(schema, value);
  if (errors.length > 0) throw new Problem(400, formatErrors(errors), { errors });
}

export function formatErrors(errors: readonly FieldError[]): string {
  const [first] = errors;
  const remainder = errors.length === 1 ? "" : ` ${errors.length - 1} more in "errors".`;
  return `${first?.pointer === "" ? "The body" : first?.pointer} ${first?.message}.${remainder}`;
}

/** Replaces messages of Ajv, by keyword. */
const LIMIT_MESSAGES: Readonly<Record<string, (limit: number) => string>> = {
  minItems: (limit) => `must have at least ${pluralize(limit, "item")}`,
  maxItems: (limit) => `must have at most ${pluralize(limit, "item")}`,
  maxProperties: (limit) => `must have at most ${pluralize(limit, "item")}`,
  minLength: (limit) => `must have at least ${pluralize(limit, "character")}`,
  maxLength: (limit) => `must have at most ${pluralize(limit, "character")}`,
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
};

function pluralize(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function toFieldError({ instancePath, keyword, params, message = "is not valid" }: ErrorObject): FieldError {
  const escapePointer = (text: unknown): string => String(text).replaceAll("~", "~0").replaceAll("/", "~1");
  if (keyword === "additionalProperties")
    return {
      pointer: `${instancePath}/${escapePointer(params["additionalProperty"])}`,
      message: "is not a known field",
    };
  if (keyword === "required")
    return { pointer: `${instancePath}/${escapePointer(params["missingProperty"])}`, message: "is required" };
  const limitMessage = LIMIT_MESSAGES[keyword]?.(params["limit"] as number);
  if (limitMessage !== undefined) return { pointer: instancePath, message: limitMessage };
  // The only `oneOf` of the schemas.
  if (keyword === "oneOf") return { pointer: instancePath, message: "must have either identity or user_id" };
  if (keyword === "enum")
    return { pointer: instancePath, message: `must be one of ${params["allowedValues"].join(", ")}` };
  return { pointer: instancePath, message };
}

/**
 * Parses query parameters by their schemas. Rejects unknown ones, except `account`.
 * @throws Problem 400 with every invalid parameter
 */
export function parseQuery(
  parameters: readonly QueryParameter[],
  rawQuery: Record<string, string>,
): OperationContext["query"] {
  const errors: FieldError[] = [];
  const query: Record<string, string | number> = {};
  for (const [name, text] of Object.entries(rawQuery)) {
    if (name === "account") continue;
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) {
      errors.push({ pointer: `?${name}`, message: "is not a known parameter" });
      continue;
    }
    const value = parameter.schema["type"] === "integer" && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    const parameterErrors = findErrors(parameter.schema, value);
    errors.push(...parameterErrors.map(({ message }) => ({ pointer: `?${name}`, message })));
    query[name] = value;
  }
  if (errors.length > 0) throw new Problem(400, formatErrors(errors), { errors });
  return query;
}
