import { createHash, timingSafeEqual } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";
import type { Access, Authorize } from "./access.ts";

const MIN_KEY_LENGTH = 24;

/** Keys and what each of them may do, or the account alone. */
export type ApiKeys = Readonly<Record<string, Access | string>>;

/**
 * Lets programs in by the header `x-api-key`, as Heron's own API does, or by `authorization: Bearer`. Keys are compared by
 * their hashes, in constant time, all of them.
 *
 * A function finds the key itself: give it the hashes that you keep, and no plain key need be kept anywhere.
 * @throws HeronError `option_invalid`: no keys, or one of fewer than 24 characters
 */
export function apiKey(keys: ApiKeys | ((key: string) => Access | null | Promise<Access | null>)): Authorize {
  const lookUp = typeof keys === "function" ? keys : createKeyLookup(keys);
  return (request) => {
    const key = getApiKey(request.headers);
    return key === null ? null : lookUp(key);
  };
}

function getApiKey(headers: Headers): string | null {
  const key = headers.get("x-api-key");
  if (key !== null) return key;
  return /^Bearer +([^\s,]+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}

function createKeyLookup(keys: ApiKeys): (key: string) => Access | null {
  const entries = Object.entries(keys).map(([key, access]) => {
    if (key.length < MIN_KEY_LENGTH)
      throw new HeronError(
        "option_invalid",
        `An API key must have ${MIN_KEY_LENGTH} characters or more: make one with crypto.randomBytes(24).toString("base64url").`,
      );
    return { hash: hashKey(key), access: typeof access === "string" ? { account: access } : access };
  });
  if (entries.length === 0)
    throw new HeronError(
      "option_invalid",
      "apiKey was given no keys, and would let nobody in: an unset environment variable often arrives so.",
    );
  return (key) => {
    const hash = hashKey(key);
    let found: Access | null = null;
    for (const entry of entries) if (timingSafeEqual(entry.hash, hash)) found = entry.access;
    return found;
  };
}

function hashKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
