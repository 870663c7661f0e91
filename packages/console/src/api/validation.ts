import type { JsonSchema } from "@heron-webhooks/core";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { Call, QueryParameter } from "./operation.ts";
import { type FieldError, Problem } from "./problem.ts";
import { HEAP_SCHEMAS } from "./schemas/heap.ts";
import { SCHEMAS } from "./schemas.ts";

/** No more faults are told of one request. */
const MOST_ERRORS = 20;

/** So many values a body may have for all of its faults to be looked for: each is an object with texts of its own. */
const MOST_VALUES = 20_000;

/** What validates, and ends with the first fault or with the last. */
class Validators {
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
  of(schema: JsonSchema): ValidateFunction {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      const located = JSON.parse(
        JSON.stringify(schema).replaceAll('"#/components/', '"console#/components/'),
      );
      validate = this.#ajv.compile(located);
      this.#compiled.set(schema, validate);
    }
    return validate;
  }
}

const first = new Validators(false);
const all = new Validators(true);

/** What is wrong with a value, field by field; of one that is very large the first that is. */
export function faultsOf(schema: JsonSchema, value: unknown): readonly FieldError[] {
  const quick = first.of(schema);
  if (quick(value)) return [];
  const validate = hasMore(value, MOST_VALUES) ? quick : all.of(schema);
  validate(value);
  return (validate.errors ?? []).slice(0, MOST_ERRORS).map(fieldError);
}

/** Whether there are more values within a value. */
function hasMore(value: unknown, most: number): boolean {
  const open = [value];
  let seen = 0;
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== "object" || one === null) continue;
    const values = Object.values(one);
    seen += values.length;
    if (seen > most) return true;
    for (const each of values) open.push(each);
  }
  return false;
}

/** @throws Problem 400 that names every field that is wrong */
export function checkBody(schema: JsonSchema, value: unknown): void {
  const errors = faultsOf(schema, value);
  if (errors.length > 0) throw new Problem(400, sentenceOf(errors), { errors });
}

export function sentenceOf(errors: readonly FieldError[]): string {
  const [first] = errors;
  const more = errors.length === 1 ? "" : ` There are ${errors.length - 1} more, in errors.`;
  return `${first?.pointer === "" ? "The body" : first?.pointer} ${first?.message}.${more}`;
}

/** What ajv says less plainly, by its keyword. */
const SAID: Readonly<Record<string, (limit: number) => string>> = {
  minItems: (limit) => `needs at least ${limit === 1 ? "one" : limit}`,
  maxItems: (limit) => `may have ${limit} at the most`,
  maxProperties: (limit) => `may have ${limit} at the most`,
  minLength: (limit) => `needs at least ${limit === 1 ? "a character" : `${limit} characters`}`,
  maxLength: (limit) => `may have ${limit} characters at the most`,
  minimum: (limit) => `must be ${limit} or more`,
  maximum: (limit) => `must be ${limit} or less`,
};

function fieldError({ instancePath, keyword, params, message = "is not valid" }: ErrorObject): FieldError {
  const name = (text: unknown): string => String(text).replaceAll("~", "~0").replaceAll("/", "~1");
  if (keyword === "additionalProperties")
    return {
      pointer: `${instancePath}/${name(params["additionalProperty"])}`,
      message: "is no field of this",
    };
  if (keyword === "required")
    return { pointer: `${instancePath}/${name(params["missingProperty"])}`, message: "is required" };
  const said = SAID[keyword]?.(params["limit"] as number);
  if (said !== undefined) return { pointer: instancePath, message: said };
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
export function queryOf(parameters: readonly QueryParameter[], given: Record<string, string>): Call["query"] {
  const errors: FieldError[] = [];
  const query: Record<string, string | number> = {};
  for (const [name, text] of Object.entries(given)) {
    if (name === "account") continue;
    const parameter = parameters.find((one) => one.name === name);
    if (parameter === undefined) {
      errors.push({ pointer: `?${name}`, message: "is no parameter of this" });
      continue;
    }
    const value = parameter.schema["type"] === "integer" && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    const faults = faultsOf(parameter.schema, value);
    errors.push(...faults.map(({ message }) => ({ pointer: `?${name}`, message })));
    query[name] = value;
  }
  if (errors.length > 0) throw new Problem(400, sentenceOf(errors), { errors });
  return query;
}
