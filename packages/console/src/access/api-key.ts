import { createHash, timingSafeEqual } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";
import type { Access, Authorize } from "./access.ts";

const MIN_KEY_LENGTH = 24;

/** Access by API key. A string is short for `{ account }`. */
export type ApiKeys = Readonly<Record<string, Access | string>>;

/**
 * Authenticates programs by the header `x-api-key`, as Heron's own API does, or by `authorization: Bearer`. Key hashes are
 * compared in constant time.
 *
 * Pass a function to look keys up yourself, for example by their hashes, so that no plain key is stored.
 * @throws HeronError `option_invalid`: no keys, or a key of fewer than 24 characters
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
        `API keys must have at least ${MIN_KEY_LENGTH} characters. Create one with crypto.randomBytes(24).toString("base64url").`,
      );
    return { hash: hashKey(key), access: typeof access === "string" ? { account: access } : access };
  });
  if (entries.length === 0)
    throw new HeronError(
      "option_invalid",
      "apiKey() received no keys. Check that the environment variable is set.",
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
