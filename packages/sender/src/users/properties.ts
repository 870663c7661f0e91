import { HeronError } from "@heron-webhooks/core";

/** A property value: text, a number, a boolean or null. A list is stored as its values joined by `||`. */
export type PropertyValue = string | number | boolean | null | readonly (string | number | boolean)[];

/** An object with property values only; accepts interfaces as well as records. */
export type Properties<P> = { readonly [Name in keyof P]: PropertyValue };

/** Source: Heap, "Add User Properties" and "Track", server-side API. */
const MAX_USER_LENGTH = 255;
const MAX_TEXT_LENGTH = 1024;
/** A limit of this package: the properties are copied into every event about a user. */
const MAX_PROPERTIES_BYTES = 64 * 1024;

/**
 * PostgreSQL cannot store U+0000: the whole batch would fail.
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
      `a user must be 1 to ${MAX_USER_LENGTH} characters, without U+0000 or unpaired surrogates`,
    );
}

/** Properties as stored. */
export type StoredProperties = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Validates user properties against Heap's limits. `id` is reserved, in any case.
 * @throws HeronError `properties_invalid`
 */
export function parseUserProperties(properties: object): StoredProperties {
  const parsed = applyPropertyLimits(properties);
  if (Object.keys(parsed).some((name) => name.toLowerCase() === "id"))
    throw createPropertiesError("the name id is reserved for the user's id");
  return parsed;
}

/**
 * Asserts that these properties are valid. All properties of the user together may still be too large.
 * @throws HeronError `properties_invalid`
 */
export function assertUserProperties(user: string, properties: object): void {
  assertUser(user);
  parseUserProperties(properties);
}

/**
 * Applies Heap's limits to properties of a user or an event: names and text of up to 1,024 characters, lists joined by
 * `||` and truncated.
 * @throws HeronError `properties_invalid`
 */
export function applyPropertyLimits(properties: object): StoredProperties {
  if (typeof properties !== "object" || properties === null || Array.isArray(properties))
    throw createPropertiesError("they must be an object");
  const entries = Object.entries(properties).map(
    ([name, value]) => [name, parsePropertyValue(name, value)] as const,
  );
  return Object.fromEntries(entries);
}

/**
 * Asserts that all properties of a user fit the size limit.
 * @throws HeronError `properties_invalid`
 */
export function assertPropertiesSize(properties: Readonly<Record<string, unknown>>): void {
  if (Buffer.byteLength(JSON.stringify(properties), "utf8") > MAX_PROPERTIES_BYTES)
    throw createPropertiesError(`together they would exceed ${MAX_PROPERTIES_BYTES / 1024} KiB`);
}

function parsePropertyValue(name: string, value: unknown): string | number | boolean | null {
  const quotedName = JSON.stringify(name.slice(0, 60));
  if (name === "" || name.length > MAX_TEXT_LENGTH)
    throw createPropertiesError(`the name ${quotedName} must be 1 to ${MAX_TEXT_LENGTH} characters`);
  if (Array.isArray(value) && !value.every(isJoinable))
    throw createPropertiesError(
      `${quotedName} is a list, which may contain text, finite numbers and booleans only`,
    );
  if (Array.isArray(value)) return value.map(String).join("||").slice(0, MAX_TEXT_LENGTH);
  if (typeof value === "string" && value.length > MAX_TEXT_LENGTH)
    throw createPropertiesError(
      `${quotedName} has ${value.length} characters; the limit is ${MAX_TEXT_LENGTH}`,
    );
  if (typeof value === "number" && !Number.isFinite(value))
    throw createPropertiesError(`${quotedName} must be a finite number`);
  if (value !== null && !["string", "number", "boolean"].includes(typeof value))
    throw createPropertiesError(`${quotedName} must be text, a number, a boolean, null, or a list of those`);
  return value as string | number | boolean | null;
}

function isJoinable(value: unknown): boolean {
  return typeof value === "number" ? Number.isFinite(value) : ["string", "boolean"].includes(typeof value);
}

function createPropertiesError(reason: string): HeronError {
  return new HeronError("properties_invalid", `Invalid properties: ${reason}.`);
}
