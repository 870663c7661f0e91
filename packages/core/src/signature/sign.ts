import { computeMac, getHmacKey } from "./mac.ts";
import { toSecretList } from "./secret.ts";

/**
 * The value of `Heron-Signature`: padded base64, 44 characters, of the HMAC-SHA256 of the exact bytes of the body
 * (a string counts as its UTF-8) under the secret's UTF-8 bytes.
 * Source: Heron Data, "Webhooks", section on verifying.
 * @throws HeronError `secret_missing`, `secret_invalid`
 */
export function sign(body: Uint8Array | string, secret: string): string {
  const [key = ""] = toSecretList(secret);
  return computeMac(typeof body === "string" ? Buffer.from(body, "utf8") : body, getHmacKey(key));
}
