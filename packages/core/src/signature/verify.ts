import { timingSafeEqual } from "node:crypto";
import { HeronError } from "../errors.ts";
import { type Form, otherForms } from "./forms.ts";
import { secretList } from "./secret.ts";
import { hmac } from "./sign.ts";

/** What a signature proved. */
export interface Verified {
  /** The spelling of the body that was signed. */
  readonly form: Form;
  /** Which of the secrets it was signed with, from 0: tells when an old one is no longer in use. */
  readonly secretIndex: number;
  /** The MAC in base64, the one spelling there is of it. */
  readonly mac: string;
}

/** `raw` alone when `strict`; else the other spellings of the body are tried too. */
export interface VerifyOptions {
  /** Accept only a signature over the bytes as they came. Default: false. */
  readonly strict?: boolean | undefined;
}

/** 32 bytes have one padded spelling in base64, and its last character carries four bits that must be zero. */
const CANONICAL = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/**
 * Checks a body, as the bytes that came, against its `Heron-Signature`.
 *
 * `secrets` may be several while one is being replaced; all are always looked at, and compared in constant time.
 * Unless `strict`, the compact and the compact ASCII spelling of the same JSON are tried after the raw bytes.
 * @throws HeronError `signature_missing`, `signature_malformed` (not the canonical base64 of 32 bytes),
 *   `signature_mismatch`, `secret_missing`, `secret_invalid`, and `option_invalid` if `body` is not bytes.
 */
export function verify(
  body: Uint8Array,
  signature: string | undefined | null,
  secrets: string | readonly string[],
  options: VerifyOptions = {},
): Verified {
  if (!(body instanceof Uint8Array))
    throw new HeronError(
      "option_invalid",
      "verify needs the body as the bytes that came (a Uint8Array or Buffer): text was decoded and an object was parsed, and neither can be turned back into what was signed.",
    );
  const keys = secretList(secrets);
  const verified = match(body, parseSignature(signature), keys, options.strict === true);
  if (verified === null)
    throw new HeronError(
      "signature_mismatch",
      "The signature does not belong to this body and these secrets.",
    );
  return verified;
}

/**
 * The 32 bytes that a `Heron-Signature` stands for.
 * @throws HeronError `signature_missing`, `signature_malformed`
 */
export function parseSignature(signature: string | undefined | null): Buffer {
  if (signature === undefined || signature === null || signature === "")
    throw new HeronError("signature_missing", "There is no signature header.");
  if (signature.length !== 44 || !CANONICAL.test(signature))
    throw new HeronError("signature_malformed", "The signature is not the canonical base64 of 32 bytes.");
  return Buffer.from(signature, "base64");
}

/** What `given` proves about the body, or null. The secrets must have been checked. */
export function match(
  body: Uint8Array,
  given: Buffer,
  secrets: readonly string[],
  strict: boolean,
): Verified | null {
  const index = indexOfSecret(body, given, secrets);
  if (index >= 0) return { form: "raw", secretIndex: index, mac: given.toString("base64") };
  if (strict) return null;
  for (const { form, bytes } of otherForms(body)) {
    const secretIndex = indexOfSecret(bytes, given, secrets);
    if (secretIndex >= 0) return { form, secretIndex, mac: given.toString("base64") };
  }
  return null;
}

/** Looks at every secret, the right one found or not, so that the time taken does not tell which it was. */
function indexOfSecret(bytes: Uint8Array, given: Buffer, secrets: readonly string[]): number {
  let found = -1;
  for (let i = 0; i < secrets.length; i++) {
    const same = timingSafeEqual(hmac(bytes, secrets[i] as string), given);
    if (same && found < 0) found = i;
  }
  return found;
}
