import { HeronError } from "../errors.ts";

/**
 * Validates secrets and returns them as a list. A secret's UTF-8 bytes, with its prefix, are the key.
 * @throws HeronError `secret_missing` for no secret; `secret_invalid` for one that is empty or not a string
 */
export function toSecretList(secrets: string | readonly string[] | undefined): readonly string[] {
  const list = Array.isArray(secrets) ? secrets : secrets === undefined || secrets === null ? [] : [secrets];
  if (list.length === 0)
    throw new HeronError("secret_missing", "No secret: without one, any event would be accepted.");
  for (const secret of list) assertSecret(secret);
  return list;
}

/** @throws HeronError `secret_invalid` */
function assertSecret(secret: unknown): void {
  if (typeof secret === "string" && secret.trim() !== "") return;
  const found = typeof secret === "string" ? "empty" : `of type ${secret === null ? "null" : typeof secret}`;
  throw new HeronError(
    "secret_invalid",
    `A secret must be a string that is not empty; this one is ${found}. Check its configuration: an unset environment variable often becomes "".`,
  );
}

/**
 * Converts a secret for Standard Webhooks libraries: `whsec_` and the base64 of the secret's UTF-8 bytes, so that they
 * use the key of `Heron-Signature`.
 * Source: Standard Webhooks specification, "Signature scheme".
 * @throws HeronError `secret_invalid`
 */
export function toStandardSecret(secret: string): string {
  assertSecret(secret);
  return `whsec_${Buffer.from(secret, "utf8").toString("base64")}`;
}
