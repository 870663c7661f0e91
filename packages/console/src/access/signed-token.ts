import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";

const MIN_SECRET_LENGTH = 24;
const MAX_TOKEN_LENGTH = 2048;

/** Signs and verifies claims: `<base64url of JSON>.<base64url of HMAC-SHA256>`. */
export class SignedToken<Claims extends { readonly until: number }> {
  readonly #key: Buffer;

  /**
   * @param purpose separates keys, so that a token is only valid for one purpose
   * @throws HeronError `secret_missing`, `secret_invalid`
   */
  constructor(secret: string, purpose: string) {
    if (typeof secret !== "string" || secret === "")
      throw new HeronError(
        "secret_missing",
        "signedLink() requires a secret. Check that the environment variable is set.",
      );
    if (secret.length < MIN_SECRET_LENGTH)
      throw new HeronError(
        "secret_invalid",
        `The signedLink() secret must have at least ${MIN_SECRET_LENGTH} characters. Create one with crypto.randomBytes(32).toString("base64url").`,
      );
    this.#key = Buffer.from(hkdfSync("sha256", secret, "", `heron-webhooks/console/${purpose}`, 32));
  }

  sign(claims: Claims): string {
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return `${payload}.${this.#mac(payload).toString("base64url")}`;
  }

  /** Returns null if the token is invalid or expired. */
  verify(token: string, now: number): Claims | null {
    const dot = token.indexOf(".");
    if (dot === -1 || token.length > MAX_TOKEN_LENGTH) return null;
    const payload = token.slice(0, dot);
    const mac = Buffer.from(token.slice(dot + 1), "base64url");
    const expected = this.#mac(payload);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return null;
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Claims;
    return claims.until > now ? claims : null;
  }

  #mac(payload: string): Buffer {
    return createHmac("sha256", this.#key).update(payload).digest();
  }
}
