import { HeronError } from "@heron-webhooks/core";

/** What a property may be: text, a number, true or false, null; of a list the values, joined by `||`. */
export type PropertyValue = string | number | boolean | null | readonly (string | number | boolean)[];

/** What has properties only: an interface of the application's own as well as a record. */
export type Properties<P> = { readonly [Name in keyof P]: PropertyValue };

/** Source: Heap, "Add User Properties" and "Track", server-side API. */
const LONGEST_USER = 255;
const LONGEST = 1024;
/** Ours: what is copied into every event about a user stays small. */
const MOST_BYTES = 64 * 1024;

/**
 * PostgreSQL keeps no U+0000: such a user would be refused there by the statement, with all that others publish in it.
 * @throws HeronError `properties_invalid`
 */
export function checkUser(user: string): void {
  if (
    typeof user !== "string" ||
    user === "" ||
    user.length > LONGEST_USER ||
    !user.isWellFormed() ||
    user.includes("\0")
  )
    throw invalid(`a user is 1 to ${LONGEST_USER} characters, without U+0000 and half of a surrogate pair`);
}

/** Properties as they are kept. */
export type KeptProperties = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The properties of a user as they are kept, held to Heap's limits; none is called `id`, in any spelling.
 * @throws HeronError `properties_invalid`; nothing is kept of any of them
 */
export function propertiesOf(properties: object): KeptProperties {
  const kept = heldToLimits(properties);
  if (Object.keys(kept).some((name) => name.toLowerCase() === "id"))
    throw invalid("none may be called id: that is who the user is");
  return kept;
}

/**
 * Whether properties could be kept, as far as they themselves say: all that a user has may still be too large.
 * @throws HeronError `properties_invalid`
 */
export function checkUserProperties(user: string, properties: object): void {
  checkUser(user);
  propertiesOf(properties);
}

/**
 * Properties of a user or an event, held to Heap's limits: names and text of up to 1,024 characters, lists joined by `||`
 * and cut there.
 * @throws HeronError `properties_invalid`
 */
export function heldToLimits(properties: object): KeptProperties {
  if (typeof properties !== "object" || properties === null || Array.isArray(properties))
    throw invalid("they must be an object of names and values");
  const entries = Object.entries(properties).map(([name, value]) => [name, kept(name, value)] as const);
  return Object.fromEntries(entries);
}

/**
 * Holds all properties of a user to their size.
 * @throws HeronError `properties_invalid`
 */
export function checkSize(all: Readonly<Record<string, unknown>>): void {
  if (Buffer.byteLength(JSON.stringify(all), "utf8") > MOST_BYTES)
    throw invalid(`together they would be over ${MOST_BYTES / 1024} KiB`);
}

function kept(name: string, value: unknown): string | number | boolean | null {
  const shown = JSON.stringify(name.slice(0, 60));
  if (name === "" || name.length > LONGEST)
    throw invalid(`the name ${shown} must be 1 to ${LONGEST} characters`);
  if (Array.isArray(value) && !value.every(isJoinable))
    throw invalid(`${shown} is a list, and may hold text, finite numbers, true and false only`);
  if (Array.isArray(value)) return value.map(String).join("||").slice(0, LONGEST);
  if (typeof value === "string" && value.length > LONGEST)
    throw invalid(`${shown} has ${value.length} characters, and may have ${LONGEST}`);
  if (typeof value === "number" && !Number.isFinite(value)) throw invalid(`${shown} is no finite number`);
  if (value !== null && !["string", "number", "boolean"].includes(typeof value))
    throw invalid(`${shown} must be text, a number, true, false, null, or a list of those`);
  return value as string | number | boolean | null;
}

function isJoinable(value: unknown): boolean {
  return typeof value === "number" ? Number.isFinite(value) : ["string", "boolean"].includes(typeof value);
}

function invalid(why: string): HeronError {
  return new HeronError("properties_invalid", `The properties cannot be kept: ${why}.`);
}
