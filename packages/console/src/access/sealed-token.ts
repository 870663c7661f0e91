import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";

const SHORTEST_SECRET = 24;
const LONGEST_TOKEN = 2048;

/** Claims that nobody but who has the secret can have made: `<base64url of JSON>.<base64url of HMAC-SHA256>`. */
export class SealedToken<Claims extends { readonly until: number }> {
  readonly #key: Buffer;

  /**
   * @param use keeps a token for one purpose from being one for another
   * @throws HeronError `secret_missing`, `secret_invalid`
   */
  constructor(secret: string, use: string) {
    if (typeof secret !== "string" || secret === "")
      throw new HeronError(
        "secret_missing",
        "signedLink needs a secret of its own: an unset environment variable often arrives so.",
      );
    if (secret.length < SHORTEST_SECRET)
      throw new HeronError(
        "secret_invalid",
        `The secret of signedLink must have ${SHORTEST_SECRET} characters or more: make one with crypto.randomBytes(32).toString("base64url").`,
      );
    this.#key = Buffer.from(hkdfSync("sha256", secret, "", `heron-webhooks/console/${use}`, 32));
  }

  make(claims: Claims): string {
    const text = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return `${text}.${this.#mac(text).toString("base64url")}`;
  }

  /** Null if it is not of this key, or its time is over. */
  read(token: string, now: number): Claims | null {
    const dot = token.indexOf(".");
    if (dot === -1 || token.length > LONGEST_TOKEN) return null;
    const text = token.slice(0, dot);
    const mac = Buffer.from(token.slice(dot + 1), "base64url");
    const expected = this.#mac(text);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return null;
    const claims = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Claims;
    return claims.until > now ? claims : null;
  }

  #mac(text: string): Buffer {
    return createHmac("sha256", this.#key).update(text).digest();
  }
}
