import { computeMac, createHmacKey, isEqualMac } from "./mac.ts";
import { reserialize } from "./reserialize.ts";
import { toSecretList } from "./secret.ts";
import { isCanonical, matchSignature } from "./verify.ts";

/** A likely reason for a signature mismatch. Safe to log: it quotes nothing. */
export interface SignatureHint {
  readonly code:
    | "signature_repeated"
    | "signature_hex"
    | "signature_prefixed"
    | "signature_base64_variant"
    | "signature_quoted"
    | "raw_body_only"
    | "secret_white_space"
    | "secret_quoted"
    | "secret_prefix"
    | "secret_decoded"
    | "secret_api_key"
    | "body_buffer"
    | "body_empty"
    | "body_newline"
    | "body_bom"
    | "body_reserialized";
  /** The finding and the remedy. */
  readonly message: string;
}

const BUFFER_AS_JSON = Buffer.from('{"type":"Buffer",');

/** Larger bodies are not diagnosed: a diagnosis costs up to about twenty HMACs. */
const MAX_DIAGNOSED_BODY_BYTES = 64 * 1024;

/**
 * Diagnoses a signature mismatch: a line break after the secret, hexadecimal instead of base64, a body changed by a proxy
 * or `curl -d`. For logs, never for the response: it would help a forger.
 *
 * Costs up to about twenty HMACs per secret, so it checks only the header for bodies over 64 KiB. The receiver calls it
 * at most once a second. Null without a finding, or for a valid signature.
 * @throws HeronError `secret_missing`, `secret_invalid`
 */
export function diagnoseSignature(
  body: Uint8Array,
  signature: string | undefined | null,
  secrets: string | readonly string[],
): SignatureHint | null {
  const secretList = toSecretList(secrets);
  const headerHint = diagnoseSignatureHeader(signature ?? "");
  if (headerHint !== null) return headerHint;
  if (body.length > MAX_DIAGNOSED_BODY_BYTES) return null;
  if (!isCanonical(signature)) return null;
  const verifyResult = matchSignature(body, signature, secretList, false);
  if (verifyResult !== null)
    return verifyResult.form === "raw"
      ? null
      : createHint(
          "raw_body_only",
          "The signature matches another form of the same JSON, and `rawBodyOnly` accepts only the bytes as received. Leave `rawBodyOnly` off, or find what rewrites the body.",
        );
  if (BUFFER_AS_JSON.every((byte, i) => body[i] === byte))
    return createHint(
      "body_buffer",
      "The body is a Buffer that was printed as JSON, as supertest does with one: send its text, `.send(body.toString())`.",
    );
  return diagnoseSecret(body, signature, secretList) ?? diagnoseBody(body, signature, secretList);
}

/** Diagnoses the header alone. */
export function diagnoseSignatureHeader(signature: string): SignatureHint | null {
  if (signature === "") return null;
  if (/^[0-9a-f]{64}$/i.test(signature))
    return createHint(
      "signature_hex",
      'The signature is hexadecimal; Heron-Signature is base64. Sign with digest("base64").',
    );
  if (/^(sha256=|v\d+[=,]|t=\d+)/i.test(signature))
    return createHint(
      "signature_prefixed",
      "The signature has a prefix such as sha256= or v1, as other services write it; Heron-Signature is the base64 alone.",
    );
  if (signature.includes(","))
    return createHint(
      "signature_repeated",
      "There is more than one signature header; a proxy may add its own.",
    );
  if (/^["'].*["']$/.test(signature))
    return createHint("signature_quoted", "The signature is in quotes; send it without them.");
  if (signature.length !== 44 || !/^[A-Za-z0-9+/]{43}=$/.test(signature))
    return createHint(
      "signature_base64_variant",
      "The signature is not the padded standard base64 of 32 bytes (44 characters); it may be URL-safe, without its padding, cut short, or hold white space.",
    );
  return null;
}

type SecretVariant = readonly [
  code: SignatureHint["code"],
  message: string,
  transform: (text: string) => string | Uint8Array | null,
];

const SECRET_VARIANTS: readonly SecretVariant[] = [
  [
    "secret_white_space",
    "The signature matches once white space around the secret is removed. Trim it where it is configured: a line break at the end of a file or of an environment variable is the usual cause.",
    (s) => s.trim(),
  ],
  [
    "secret_quoted",
    "The signature matches once the quotes around the secret are removed. Take them out where it is configured.",
    (s) => s.trim().replace(/^(["'])(.*)\1$/, "$2"),
  ],
  [
    "secret_prefix",
    "The signature matches the secret without its sec_ prefix. The prefix belongs to the key: sign with the secret as it was given.",
    (s) => (s.startsWith("sec_") ? s.slice(4) : null),
  ],
  [
    "secret_prefix",
    "The signature matches the secret with sec_ before it. The prefix belongs to the key: configure the secret as it was given.",
    (s) => `sec_${s}`,
  ],
  [
    "secret_decoded",
    "The signature matches the bytes that the secret decodes to as base64. Heron's key is the secret's text itself: sign with that, or give Standard Webhooks libraries toStandardSecret(secret).",
    (s) => Buffer.from(s.replace(/^(whsec_|sec_)/, ""), "base64"),
  ],
  [
    "secret_decoded",
    "The signature matches the bytes that the secret decodes to as hexadecimal. Heron's key is the secret's text itself.",
    (s) => (/^([0-9a-f]{2})+$/i.test(s) ? Buffer.from(s, "hex") : null),
  ],
];

function diagnoseSecret(
  body: Uint8Array,
  signature: string,
  secrets: readonly string[],
): SignatureHint | null {
  for (const secret of secrets) {
    for (const [code, message, transform] of SECRET_VARIANTS) {
      const key = transform(secret);
      if (key !== null && key.length > 0 && key !== secret && isSignedWith(body, key, signature))
        return createHint(code, message);
    }
  }
  return null;
}

const NEWLINE = Buffer.from("\n");
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

function diagnoseBody(body: Uint8Array, signature: string, secrets: readonly string[]): SignatureHint | null {
  const matchesSignature = (bytes: Uint8Array | string): boolean =>
    secrets.some((secret) => isSignedWith(bytes, secret, signature));
  if (body.length > 0 && matchesSignature(new Uint8Array()))
    return createHint(
      "body_empty",
      "The signature was made over an empty body: the sender signed before it had the body.",
    );
  const lineEndLength = body.at(-1) === 0x0a ? (body.at(-2) === 0x0d ? 2 : 1) : 0;
  if (
    matchesSignature(Buffer.concat([body, NEWLINE])) ||
    (lineEndLength > 0 && matchesSignature(body.subarray(0, body.length - lineEndLength)))
  )
    return createHint(
      "body_newline",
      "The signature was made over the body with a different line end behind it. With curl, send files by --data-binary: -d drops line breaks.",
    );
  if (matchesSignature(Buffer.concat([BOM, body])) || matchesSignature(body.subarray(3)))
    return createHint(
      "body_bom",
      "The signature was made over the body with, or without, a byte order mark before it.",
    );
  if (reserialize(body).some(matchesSignature))
    return createHint(
      "body_reserialized",
      "The signature was made over the JSON as another program prints it: the sender signs one text and posts another. Sign the very bytes that are sent.",
    );
  if (secrets.some((secret) => secret.startsWith("key_")))
    return createHint(
      "secret_api_key",
      "The secret begins with key_, as Heron's API keys do. The signing secret is another string; it begins with sec_.",
    );
  return null;
}

function isSignedWith(text: Uint8Array | string, key: string | Uint8Array, signature: string): boolean {
  const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  return isEqualMac(
    computeMac(bytes, createHmacKey(typeof key === "string" ? Buffer.from(key, "utf8") : key)),
    signature,
  );
}

function createHint(code: SignatureHint["code"], message: string): SignatureHint {
  return { code, message };
}
