import type { Hmac } from "node:crypto";
import { HeronError } from "../errors.ts";
import { type Form, otherForms } from "./forms.ts";
import { hmacOf, keyOf, macOf, sameMac } from "./mac.ts";
import { secretList } from "./secret.ts";

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
  if (!ArrayBuffer.isView(body))
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
 * A `Heron-Signature` that is the canonical base64 of 32 bytes.
 * @throws HeronError `signature_missing`, `signature_malformed`
 */
export function parseSignature(signature: string | undefined | null): string {
  if (signature === undefined || signature === null || signature === "")
    throw new HeronError("signature_missing", "There is no signature header.");
  if (!isCanonical(signature))
    throw new HeronError("signature_malformed", "The signature is not the canonical base64 of 32 bytes.");
  return signature;
}

export function isCanonical(signature: string | undefined | null): signature is string {
  return signature?.length === 44 && CANONICAL.test(signature);
}

/** What a signature, parsed, proves about the body, or null. The secrets must have been checked. */
export function match(
  body: Uint8Array,
  signature: string,
  secrets: readonly string[],
  strict: boolean,
): Verified | null {
  const verified = (form: Form, macs: readonly string[]): Verified | null => {
    const secretIndex = indexOf(signature, macs);
    return secretIndex < 0 ? null : { form, secretIndex, mac: signature };
  };
  const keys = secrets.map(keyOf);
  const raw = verified(
    "raw",
    keys.map((key) => macOf(body, key)),
  );
  if (raw !== null || strict) return raw;

  const [compact, ascii] = [keys.map(hmacOf), keys.map(hmacOf)];
  const made = otherForms(
    body,
    (piece) => update(compact, piece),
    (piece) => update(ascii, piece),
  );
  return (
    (made.compact ? verified("compact", compact.map(digest)) : null) ??
    (made.ascii ? verified("compact-ascii", ascii.map(digest)) : null)
  );
}

/** Which MAC is the one given, or -1. Looks at every one, so that the time taken does not tell which it was. */
function indexOf(given: string, macs: readonly string[]): number {
  let found = -1;
  macs.forEach((mac, i) => {
    const same = sameMac(mac, given);
    if (same && found < 0) found = i;
  });
  return found;
}

function update(macs: readonly Hmac[], bytes: Uint8Array): void {
  for (const mac of macs) mac.update(bytes);
}

function digest(mac: Hmac): string {
  return mac.digest("base64");
}
