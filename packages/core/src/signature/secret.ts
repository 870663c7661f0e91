import { HeronError } from "../errors.ts";

/**
 * The secrets as a list, each of them checked. A secret's UTF-8 bytes, prefix included, are the key.
 * @throws HeronError `secret_missing` when there is none; `secret_invalid` when one is empty or not a string.
 */
export function toSecretList(secrets: string | readonly string[] | undefined): readonly string[] {
  const list = Array.isArray(secrets) ? secrets : secrets === undefined || secrets === null ? [] : [secrets];
  if (list.length === 0)
    throw new HeronError(
      "secret_missing",
      "No secret was given: without one, anybody's event would be let in.",
    );
  for (const secret of list) assertSecret(secret);
  return list;
}

/** @throws HeronError `secret_invalid` */
function assertSecret(secret: unknown): void {
  if (typeof secret === "string" && secret.trim() !== "") return;
  const found = typeof secret === "string" ? "empty" : `of type ${secret === null ? "null" : typeof secret}`;
  throw new HeronError(
    "secret_invalid",
    `A secret must be a string that is not empty; this one is ${found}. Look at how it reaches the application: an unset environment variable often arrives as "".`,
  );
}

/**
 * The secret as Standard Webhooks libraries take it: `whsec_` and the base64 of the secret's UTF-8 bytes, so that
 * they derive the very key that `Heron-Signature` is made with.
 * Source: Standard Webhooks specification, "Signature scheme".
 * @throws HeronError `secret_invalid`
 */
export function toStandardSecret(secret: string): string {
  assertSecret(secret);
  return `whsec_${Buffer.from(secret, "utf8").toString("base64")}`;
}
