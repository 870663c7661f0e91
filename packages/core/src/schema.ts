import type { ErrorObject } from "ajv";
import loadAjv from "./ajv.cjs";
import { HeronError, isError } from "./errors.ts";
import { escapeControl } from "./text.ts";

/** A JSON Schema as its author wrote it: draft 2020-12, or draft-07 where `$schema` says so. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Says what is wrong with a value, in a sentence that fits on a line; null if nothing is. */
export type Validator = (value: unknown) => string | null;

/**
 * Compiles a schema once, to be used for every value.
 *
 * `format`, `example` and keywords of the author's own are annotations, as draft 2020-12 has it: they neither fail
 * nor warn.
 * @throws HeronError `option_invalid`, naming `option`, when the schema is not one.
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
  // A path is made of names that the sender chose.
  const location = error?.instancePath
    ? escapeControl(JSON.stringify(error.instancePath).slice(1, -1))
    : "it";
  return `${location} ${error?.message ?? "does not match"}`.slice(0, 200);
}
