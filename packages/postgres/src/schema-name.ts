import { HeronError } from "@heron-webhooks/core";

export const DEFAULT_SCHEMA = "heron";

/** @throws HeronError `option_invalid` */
export function assertSchemaName(schema: unknown): string {
  if (typeof schema !== "string" || !/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new HeronError(
      "option_invalid",
      "schema must consist of lower-case letters, digits and _, not start with a digit, and have at most 41 characters.",
    );
  return schema;
}
