import type { Hmac } from "node:crypto";
import { HeronError } from "../errors.ts";
import { type BodyForm, writeAlternateForms } from "./body-forms.ts";
import { computeMac, createKeyedHmac, getHmacKey, isEqualMac } from "./mac.ts";
import { toSecretList } from "./secret.ts";

/** The result of a verification. */
export interface VerifyResult {
  /** The form of the body that was signed. */
  readonly form: BodyForm;
  /** The index of the secret that signed it: shows when an old secret is no longer used. */
  readonly secretIndex: number;
  /** The MAC in canonical base64. */
  readonly mac: string;
}

/** Options of {@link verify}. */
export interface VerifyOptions {
  /** Accept only a signature over the bytes as received, not over other forms of the body. Default: false. */
  readonly rawBodyOnly?: boolean | undefined;
}

/** Canonical base64 of 32 bytes: padded, and four bits of the last character are zero. */
const CANONICAL_BASE64 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/**
 * Verifies the received bytes of a body against its `Heron-Signature`.
 *
 * Pass several `secrets` during a rotation: all are always compared, in constant time. Unless `rawBodyOnly`, also tries
 * the compact and the compact ASCII form of the same JSON.
 * @throws HeronError `signature_missing`, `signature_malformed` (not the canonical base64 of 32 bytes),
 *   `signature_mismatch`, `secret_missing`, `secret_invalid`, and `option_invalid` if `body` is not bytes
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
      "verify needs the body as received bytes (a Uint8Array or Buffer): decoded text or a parsed object cannot be turned back into the signed bytes.",
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
 * Parses a `Heron-Signature`: the canonical base64 of 32 bytes.
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

/** Matches a parsed signature against validated secrets; null without a match. */
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

/** The index of the matching MAC, or -1. Compares all of them, so that timing does not reveal the index. */
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
