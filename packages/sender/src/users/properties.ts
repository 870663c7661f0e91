import { HeronError } from "@heron-webhooks/core";

/** What a property may be: text, a number, true or false, null; of a list the values, joined by `||`. */
export type PropertyValue = string | number | boolean | null | readonly (string | number | boolean)[];

/** What has properties only: an interface of the application's own as well as a record. */
export type Properties<P> = { readonly [Name in keyof P]: PropertyValue };

/** Source: Heap, "Add User Properties" and "Track", server-side API. */
const MAX_USER_LENGTH = 255;
const MAX_TEXT_LENGTH = 1024;
/** Ours: what is copied into every event about a user stays small. */
const MAX_PROPERTIES_BYTES = 64 * 1024;

/**
 * PostgreSQL keeps no U+0000: such a user would be refused there by the statement, with all that others publish in it.
 * @throws HeronError `properties_invalid`
 */
export function assertUser(user: string): void {
  if (
    typeof user !== "string" ||
    user === "" ||
    user.length > MAX_USER_LENGTH ||
    !user.isWellFormed() ||
    user.includes("\0")
  )
    throw createPropertiesError(
      `a user is 1 to ${MAX_USER_LENGTH} characters, without U+0000 and half of a surrogate pair`,
    );
}

/** Properties as they are kept. */
export type StoredProperties = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The properties of a user as they are kept, held to Heap's limits; none is called `id`, in any spelling.
 * @throws HeronError `properties_invalid`; nothing is kept of any of them
 */
export function parseUserProperties(properties: object): StoredProperties {
  const parsed = applyPropertyLimits(properties);
  if (Object.keys(parsed).some((name) => name.toLowerCase() === "id"))
    throw createPropertiesError("none may be called id: that is who the user is");
  return parsed;
}

/**
 * Whether properties could be kept, as far as they themselves say: all that a user has may still be too large.
 * @throws HeronError `properties_invalid`
 */
export function assertUserProperties(user: string, properties: object): void {
  assertUser(user);
  parseUserProperties(properties);
}

/**
 * Properties of a user or an event, held to Heap's limits: names and text of up to 1,024 characters, lists joined by `||`
 * and cut there.
 * @throws HeronError `properties_invalid`
 */
export function applyPropertyLimits(properties: object): StoredProperties {
  if (typeof properties !== "object" || properties === null || Array.isArray(properties))
    throw createPropertiesError("they must be an object of names and values");
  const entries = Object.entries(properties).map(
    ([name, value]) => [name, parsePropertyValue(name, value)] as const,
  );
  return Object.fromEntries(entries);
}

/**
 * Holds all properties of a user to their size.
 * @throws HeronError `properties_invalid`
 */
export function assertPropertiesSize(properties: Readonly<Record<string, unknown>>): void {
  if (Buffer.byteLength(JSON.stringify(properties), "utf8") > MAX_PROPERTIES_BYTES)
    throw createPropertiesError(`together they would be over ${MAX_PROPERTIES_BYTES / 1024} KiB`);
}

function parsePropertyValue(name: string, value: unknown): string | number | boolean | null {
  const quotedName = JSON.stringify(name.slice(0, 60));
  if (name === "" || name.length > MAX_TEXT_LENGTH)
    throw createPropertiesError(`the name ${quotedName} must be 1 to ${MAX_TEXT_LENGTH} characters`);
  if (Array.isArray(value) && !value.every(isJoinable))
    throw createPropertiesError(
      `${quotedName} is a list, and may hold text, finite numbers, true and false only`,
    );
  if (Array.isArray(value)) return value.map(String).join("||").slice(0, MAX_TEXT_LENGTH);
  if (typeof value === "string" && value.length > MAX_TEXT_LENGTH)
    throw createPropertiesError(
      `${quotedName} has ${value.length} characters, and may have ${MAX_TEXT_LENGTH}`,
    );
  if (typeof value === "number" && !Number.isFinite(value))
    throw createPropertiesError(`${quotedName} is no finite number`);
  if (value !== null && !["string", "number", "boolean"].includes(typeof value))
    throw createPropertiesError(
      `${quotedName} must be text, a number, true, false, null, or a list of those`,
    );
  return value as string | number | boolean | null;
}

function isJoinable(value: unknown): boolean {
  return typeof value === "number" ? Number.isFinite(value) : ["string", "boolean"].includes(typeof value);
}

function createPropertiesError(reason: string): HeronError {
  return new HeronError("properties_invalid", `The properties cannot be kept: ${reason}.`);
}
