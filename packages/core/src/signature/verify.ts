import type { Hmac } from "node:crypto";
import { HeronError } from "../errors.ts";
import { type BodyForm, writeAlternateForms } from "./body-forms.ts";
import { computeMac, createKeyedHmac, getHmacKey, isEqualMac } from "./mac.ts";
import { toSecretList } from "./secret.ts";

/** What a signature proved. */
export interface VerifyResult {
  /** The spelling of the body that was signed. */
  readonly form: BodyForm;
  /** Which of the secrets it was signed with, from 0: tells when an old one is no longer in use. */
  readonly secretIndex: number;
  /** The MAC in base64, the one spelling there is of it. */
  readonly mac: string;
}

/** `raw` alone when `rawBodyOnly`; else the other spellings of the body are tried too. */
export interface VerifyOptions {
  /** Accept only a signature over the bytes as they came. Default: false. */
  readonly rawBodyOnly?: boolean | undefined;
}

/** 32 bytes have one padded spelling in base64, and its last character carries four bits that must be zero. */
const CANONICAL_BASE64 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/**
 * Checks a body, as the bytes that came, against its `Heron-Signature`.
 *
 * `secrets` may be several while one is being replaced; all are always looked at, and compared in constant time.
 * Unless `rawBodyOnly`, the compact and the compact ASCII spelling of the same JSON are tried after the raw bytes.
 * @throws HeronError `signature_missing`, `signature_malformed` (not the canonical base64 of 32 bytes),
 *   `signature_mismatch`, `secret_missing`, `secret_invalid`, and `option_invalid` if `body` is not bytes.
 */
export function verify(
  body: Uint8Array,
  signature: string | undefined | null,
  secrets: string | readonly string[],
  options: VerifyOptions = {},
): VerifyResult {
  if (!ArrayBuffer.isView(body))
    throw new HeronError(
      "option_invalid",
      "verify needs the body as the bytes that came (a Uint8Array or Buffer): text was decoded and an object was parsed, and neither can be turned back into what was signed.",
    );
  const keys = toSecretList(secrets);
  const verified = matchSignature(body, parseSignature(signature), keys, options.rawBodyOnly === true);
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
  return signature?.length === 44 && CANONICAL_BASE64.test(signature);
}

/** What a signature, parsed, proves about the body, or null. The secrets must have been checked. */
export function matchSignature(
  body: Uint8Array,
  signature: string,
  secrets: readonly string[],
  rawBodyOnly: boolean,
): VerifyResult | null {
  const toResult = (form: BodyForm, macs: readonly string[]): VerifyResult | null => {
    const secretIndex = findMacIndex(signature, macs);
    return secretIndex < 0 ? null : { form, secretIndex, mac: signature };
  };
  const keys = secrets.map(getHmacKey);
  const rawResult = toResult(
    "raw",
    keys.map((key) => computeMac(body, key)),
  );
  if (rawResult !== null || rawBodyOnly) return rawResult;

  const [compactHmacs, asciiHmacs] = [keys.map(createKeyedHmac), keys.map(createKeyedHmac)];
  const forms = writeAlternateForms(
    body,
    (piece) => updateHmacs(compactHmacs, piece),
    (piece) => updateHmacs(asciiHmacs, piece),
  );
  return (
    (forms.compact ? toResult("compact", compactHmacs.map(digestHmac)) : null) ??
    (forms.ascii ? toResult("compact-ascii", asciiHmacs.map(digestHmac)) : null)
  );
}

/** Which MAC is the one given, or -1. Looks at every one, so that the time taken does not tell which it was. */
function findMacIndex(signature: string, macs: readonly string[]): number {
  let found = -1;
  macs.forEach((mac, i) => {
    const isMatch = isEqualMac(mac, signature);
    if (isMatch && found < 0) found = i;
  });
  return found;
}

function updateHmacs(hmacs: readonly Hmac[], bytes: Uint8Array): void {
  for (const hmac of hmacs) hmac.update(bytes);
}

function digestHmac(hmac: Hmac): string {
  return hmac.digest("base64");
}
