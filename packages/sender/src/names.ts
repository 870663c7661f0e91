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
