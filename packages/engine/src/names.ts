import { HeronError } from "@heron-webhooks/core";

/**
 * Whether what was given is an object of these names: a name that is misspelt would otherwise do nothing, in silence.
 * @throws HeronError `option_invalid`
 */
export function checkNames(what: string, given: unknown, names: Readonly<Record<string, true>>): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new HeronError("option_invalid", `${what} takes an object.`);
  for (const name in given)
    if (!Object.hasOwn(names, name))
      throw new HeronError(
        "option_invalid",
        `${what} knows no ${JSON.stringify(name.slice(0, 60))}: it knows ${Object.keys(names).join(", ")}.`,
      );
}

/**
 * Whether it is text, or left out: what came from a query string may be a list.
 * @throws HeronError `option_invalid`
 */
export function checkText(name: string, given: unknown): void {
  if (given !== undefined && typeof given !== "string")
    throw new HeronError("option_invalid", `${name} must be text.`);
}

/**
 * The number, if it is whole and within these bounds.
 * @throws HeronError `option_invalid`
 */
export function whole(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new HeronError("option_invalid", `${option} must be a whole number from ${least} to ${most}.`);
}
