import type { ErrorObject } from "ajv";
import loadAjv from "./ajv.cjs";
import { HeronError, isError } from "./errors.ts";
import { escapeControl } from "./text.ts";

/** A JSON Schema: draft 2020-12, or draft-07 by `$schema`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Describes the first fault of a value in one line; null if valid. */
export type Validator = (value: unknown) => string | null;

/**
 * Compiles a schema.
 *
 * `format`, `example` and unknown keywords are annotations, as in draft 2020-12: they neither fail nor warn.
 * @throws HeronError `option_invalid`, naming `option`, for an invalid schema
 */
export function compileSchema(option: string, schema: JsonSchema): Validator {
  try {
    const draft = /draft-0[67]/.test(String(schema["$schema"])) ? "draft-07" : "2020-12";
    const Ajv = loadAjv(draft).default;
    const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile<unknown>(
      schema,
    );
    if ("$async" in validate) throw new Error("$async schemas are not supported");
    return (value) => {
      try {
        return validate(value) ? null : formatSchemaError(validate.errors?.[0]);
      } catch {
        return "it is nested too deeply to be checked";
      }
    };
  } catch (cause) {
    const reason = isError(cause) ? cause.message : String(cause);
    throw new HeronError("option_invalid", `${option} is not a JSON Schema that can be compiled: ${reason}`, {
      cause,
    });
  }
}

function formatSchemaError(error: ErrorObject | undefined): string {
  // The path consists of names that the sender chose, so escape it.
  const location = error?.instancePath
    ? escapeControl(JSON.stringify(error.instancePath).slice(1, -1))
    : "it";
  return `${location} ${error?.message ?? "does not match"}`.slice(0, 200);
}
