import type { JsonSchema } from "@heron-webhooks/core";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { OperationContext, QueryParameter } from "./operation.ts";
import { type FieldError, Problem } from "./problem.ts";
import { HEAP_SCHEMAS } from "./schemas/heap.ts";
import { SCHEMAS } from "./schemas.ts";

/** No more faults are told of one request. */
const MAX_ERRORS = 20;

/** So many values a body may have for all of its faults to be looked for: each is an object with texts of its own. */
const MAX_VALUES_FOR_ALL_ERRORS = 20_000;

/** What validates, and ends with the first fault or with the last. */
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
    // What the schemas refer to lies where it lies in the document.
    this.#ajv.addVocabulary(["components"]);
    this.#ajv.addSchema({ $id: "console", components: { schemas: { ...SCHEMAS, ...HEAP_SCHEMAS } } });
  }

  /** References as they stand in the document, `#/components/schemas/…`, are to the schemas of the console. */
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

/** What is wrong with a value, field by field; of one that is very large the first that is. */
export function findErrors(schema: JsonSchema, value: unknown): readonly FieldError[] {
  const validateFirstError = firstErrorValidators.get(schema);
  if (validateFirstError(value)) return [];
  const validate = hasMoreValues(value, MAX_VALUES_FOR_ALL_ERRORS) ? validateFirstError : allErrorsValidators.get(schema);
  validate(value);
  return (validate.errors ?? []).slice(0, MAX_ERRORS).map(toFieldError);
}

/** Whether there are more values within a value. */
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

/** @throws Problem 400 that names every field that is wrong */
export function assertBody(schema: JsonSchema, value: unknown): void {
  const errors = findErrors(schema, value);
  if (errors.length > 0) throw new Problem(400, formatErrors(errors), { errors });
}

export function formatErrors(errors: readonly FieldError[]): string {
  const [first] = errors;
  const remainder = errors.length === 1 ? "" : ` There are ${errors.length - 1} more, in errors.`;
  return `${first?.pointer === "" ? "The body" : first?.pointer} ${first?.message}.${remainder}`;
}

/** What ajv says less plainly, by its keyword. */
const LIMIT_MESSAGES: Readonly<Record<string, (limit: number) => string>> = {
  minItems: (limit) => `needs at least ${limit === 1 ? "one" : limit}`,
  maxItems: (limit) => `may have ${limit} at the most`,
  maxProperties: (limit) => `may have ${limit} at the most`,
  minLength: (limit) => `needs at least ${limit === 1 ? "a character" : `${limit} characters`}`,
  maxLength: (limit) => `may have ${limit} characters at the most`,
  minimum: (limit) => `must be ${limit} or more`,
  maximum: (limit) => `must be ${limit} or less`,
};

function toFieldError({ instancePath, keyword, params, message = "is not valid" }: ErrorObject): FieldError {
  const escapePointer = (text: unknown): string => String(text).replaceAll("~", "~0").replaceAll("/", "~1");
  if (keyword === "additionalProperties")
    return {
      pointer: `${instancePath}/${escapePointer(params["additionalProperty"])}`,
      message: "is no field of this",
    };
  if (keyword === "required")
    return { pointer: `${instancePath}/${escapePointer(params["missingProperty"])}`, message: "is required" };
  const limitMessage = LIMIT_MESSAGES[keyword]?.(params["limit"] as number);
  if (limitMessage !== undefined) return { pointer: instancePath, message: limitMessage };
  // There is one choice of this kind.
  if (keyword === "oneOf") return { pointer: instancePath, message: "needs either identity or user_id" };
  if (keyword === "enum")
    return { pointer: instancePath, message: `must be one of ${params["allowedValues"].join(", ")}` };
  return { pointer: instancePath, message };
}

/**
 * Query parameters, by their schemas. One that is not known is refused, `account` apart.
 * @throws Problem 400 that names every parameter that is wrong
 */
export function parseQuery(parameters: readonly QueryParameter[], rawQuery: Record<string, string>): OperationContext["query"] {
  const errors: FieldError[] = [];
  const query: Record<string, string | number> = {};
  for (const [name, text] of Object.entries(rawQuery)) {
    if (name === "account") continue;
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) {
      errors.push({ pointer: `?${name}`, message: "is no parameter of this" });
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
