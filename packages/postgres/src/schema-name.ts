import { HeronError } from "@heron-webhooks/core";

export const DEFAULT_SCHEMA = "heron";

/** @throws HeronError `option_invalid` */
export function assertSchemaName(schema: unknown): string {
  if (typeof schema !== "string" || !/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new HeronError(
      "option_invalid",
      "schema must be 1 to 41 lower-case letters, digits and underscores, and must not start with a digit.",
    );
  return schema;
}
