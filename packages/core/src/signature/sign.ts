import { computeMac, getHmacKey } from "./mac.ts";
import { toSecretList } from "./secret.ts";

/**
 * Signs a body: the value of `Heron-Signature`, 44 characters of padded base64. It is the HMAC-SHA256 of the body's exact
 * bytes (UTF-8 of a string) with the secret's UTF-8 bytes as key.
 * Source: Heron Data, "Webhooks", section on verifying.
 * @throws HeronError `secret_missing`, `secret_invalid`
 */
export function sign(body: Uint8Array | string, secret: string): string {
  const [key = ""] = toSecretList(secret);
  return computeMac(typeof body === "string" ? Buffer.from(body, "utf8") : body, getHmacKey(key));
}
