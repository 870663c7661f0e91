import { HeronError } from "@heron-webhooks/core";

/**
 * Whether what was given is an object of these names: a name that is misspelt would otherwise do nothing, in silence.
 * @throws HeronError `option_invalid`
 */
export function assertKnownKeys(caller: string, value: unknown, keys: Readonly<Record<string, true>>): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new HeronError("option_invalid", `${caller} takes an object.`);
  for (const key in value)
    if (!Object.hasOwn(keys, key))
      throw new HeronError(
        "option_invalid",
        `${caller} knows no ${JSON.stringify(key.slice(0, 60))}: it knows ${Object.keys(keys).join(", ")}.`,
      );
}

/**
 * Whether it is text, or left out: what came from a query string may be a list.
 * @throws HeronError `option_invalid`
 */
export function assertOptionalString(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "string")
    throw new HeronError("option_invalid", `${name} must be text.`);
}

/**
 * The number, if it is whole and within these bounds.
 * @throws HeronError `option_invalid`
 */
export function assertInteger(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new HeronError("option_invalid", `${name} must be a whole number from ${min} to ${max}.`);
}
