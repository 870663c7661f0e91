import { HeronError } from "@heron-webhooks/core";

/**
 * Asserts that a value is an object with known keys only: a misspelt key would otherwise have no effect.
 * @throws HeronError `option_invalid`
 */
export function assertKnownKeys(caller: string, value: unknown, keys: Readonly<Record<string, true>>): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new HeronError("option_invalid", `${caller} takes an object.`);
  for (const key in value)
    if (!Object.hasOwn(keys, key))
      throw new HeronError(
        "option_invalid",
        `Unknown option ${JSON.stringify(key.slice(0, 60))} in ${caller}. Valid options: ${Object.keys(keys).join(", ")}.`,
      );
}

/**
 * Asserts that a value is a string or undefined: a query string parameter may be a list.
 * @throws HeronError `option_invalid`
 */
export function assertOptionalString(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "string")
    throw new HeronError("option_invalid", `${name} must be a string.`);
}

/**
 * Returns the value if it is an integer within these bounds.
 * @throws HeronError `option_invalid`
 */
export function assertInteger(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new HeronError("option_invalid", `${name} must be an integer from ${min} to ${max}.`);
}
