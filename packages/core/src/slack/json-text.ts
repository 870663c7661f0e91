import { HeronError } from "../errors.ts";

/**
 * A value as JSON; empty for values that JSON omits.
 * @throws HeronError `invalid_event`
 */
export function toJsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch (cause) {
    throw new HeronError("invalid_event", "A value of the event cannot be written as JSON.", { cause });
  }
}
