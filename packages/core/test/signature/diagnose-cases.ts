import type { SignatureHint } from "../../src/signature/diagnose.ts";
import { computeMac, createHmacKey } from "../../src/signature/mac.ts";
import { sign } from "../../src/signature/sign.ts";
import { bytes, SECRET } from "../test-receiver.ts";

const TEXT = '{"topic":"end_user.processed","data":{"name":"private"}}';
export const body: Uint8Array = bytes(TEXT);
export const right: string = sign(body, SECRET);
const DECODED = Buffer.from("c2VjcmV0IGtleSBieXRlcw", "base64");
const HEX = "00112233445566778899aabbccddeeff";

export interface Case {
  readonly name: string;
  readonly code: SignatureHint["code"];
  readonly says: RegExp;
  readonly body?: Uint8Array;
  readonly signature: string;
  readonly secrets?: string | readonly string[];
}

export const spellings: readonly Case[] = [
  ...[Buffer.from(right, "base64").toString("hex"), "AF".repeat(32)].map((signature) => ({
    name: signature.slice(0, 2),
    code: "signature_hex" as const,
    says: /is hexadecimal; Heron-Signature is base64\. Sign with digest\("base64"\)/,
    signature,
  })),
  ...["sha256=", "SHA256=", "v1,", "v1=", "V12,", "t=1492774577,v1=", "t=1"].map((prefix) => ({
    name: prefix,
    code: "signature_prefixed" as const,
    says: /has a prefix such as sha256= or v1, as other services write it/,
    signature: `${prefix}${right}`,
  })),
  ...[`${right}, ${right}`, `${right},x`].map((signature) => ({
    name: signature.slice(44),
    code: "signature_repeated" as const,
    says: /more than one signature header; a proxy/,
    signature,
  })),
  ...[`"${right}"`, `'${right}'`].map((signature) => ({
    name: signature.slice(0, 1),
    code: "signature_quoted" as const,
    says: /is in quotes; send it without them/,
    signature,
  })),
  ...[
    right.slice(0, 43),
    `${"-".repeat(43)}=`,
    `${right} `,
    ` ${right}`,
    `${right.slice(0, 20)} ${right.slice(21)}`,
    `=${right.slice(1)}`,
    `"${right}`,
    `x"${right}"`,
    `"${right}"x`,
    `${right}"`,
    `xv1=${right}`,
    `xsha256=${right}`,
    `${"0".repeat(64)}0`,
    "x",
  ].map((signature) => ({
    name: `${signature.length} characters`,
    code: "signature_base64_variant" as const,
    says: /not the padded standard base64 of 32 bytes \(44 characters\); it may be URL-safe/,
    signature,
  })),
];

export const secrets: readonly Case[] = [
  ...[`${SECRET}\n`, ` ${SECRET}`, `\t${SECRET}\r\n`].map((secret) => ({
    name: JSON.stringify(secret.replace(SECRET, "")),
    code: "secret_white_space" as const,
    says: /once white space around the secret is removed\. Trim it/,
    signature: right,
    secrets: secret,
  })),
  ...[`"${SECRET}"`, `'${SECRET}'`, `"${SECRET}"\n`].map((secret) => ({
    name: JSON.stringify(secret.replace(SECRET, "")),
    code: "secret_quoted" as const,
    says: /once the quotes around the secret are removed/,
    signature: right,
    secrets: secret,
  })),
  {
    name: "the sender left sec_ out",
    code: "secret_prefix",
    says: /matches the secret without its sec_ prefix/,
    signature: sign(body, SECRET.slice(4)),
  },
  {
    name: "the receiver left sec_ out",
    code: "secret_prefix",
    says: /matches the secret with sec_ before it/,
    signature: right,
    secrets: SECRET.slice(4),
  },
  ...["whsec_", "sec_", ""].map((prefix) => ({
    name: `base64 behind "${prefix}"`,
    code: "secret_decoded" as const,
    says: /the secret decodes to as base64.*toStandardSecret\(secret\)/,
    signature: computeMac(body, createHmacKey(DECODED)),
    secrets: `${prefix}${DECODED.toString("base64")}`,
  })),
  ...[HEX, HEX.toUpperCase()].map((secret) => ({
    name: secret.slice(-4),
    code: "secret_decoded" as const,
    says: /the secret decodes to as hexadecimal/,
    signature: computeMac(body, createHmacKey(Buffer.from(HEX, "hex"))),
    secrets: secret,
  })),
  {
    name: "an API key",
    code: "secret_api_key",
    says: /begins with key_, as Heron's API keys do.*begins with sec_/,
    signature: right,
    secrets: "key_0123456789abcdef",
  },
];

const value: unknown = JSON.parse(TEXT);
const PYTHON = '{"topic": "end_user.processed", "data": {"name": "private", "list": [1, 2]}}';

export const bodies: readonly Case[] = [
  {
    name: "signed before it was there",
    code: "body_empty",
    says: /made over an empty body/,
    signature: sign("", SECRET),
  },
  {
    name: "supertest printed the Buffer that it was to send",
    code: "body_buffer",
    says: /body\.toString\(\)/,
    body: bytes(JSON.stringify(Buffer.from(TEXT))),
    signature: sign(TEXT, SECRET),
  },
  ...[
    { name: "its last line break was lost", signed: `${TEXT}\n`, came: TEXT },
    { name: "a line break was added", signed: "not json", came: "not json\n" },
    { name: "a Windows line break was added", signed: "not json", came: "not json\r\n" },
  ].map(({ name, signed, came }) => ({
    name,
    code: "body_newline" as const,
    says: /a different line end behind it\. With curl, send files by --data-binary/,
    body: bytes(came),
    signature: sign(signed, SECRET),
  })),
  {
    name: "a byte order mark was taken",
    code: "body_bom",
    says: /with, or without, a byte order mark/,
    signature: sign(`\ufeff${TEXT}`, SECRET),
  },
  {
    name: "a byte order mark was put before it",
    code: "body_bom",
    says: /with, or without, a byte order mark/,
    body: bytes(`\ufeff${TEXT}`),
    signature: right,
  },
  ...[
    { name: "JSON.stringify", signed: '{"a":"é","n":1}', came: '{"a":"\\u00e9","n":1.0}' },
    { name: "Python's json.dumps", signed: PYTHON, came: JSON.stringify(JSON.parse(PYTHON)) },
    { name: "two spaces", signed: JSON.stringify(value, null, 2), came: TEXT },
    {
      name: "Python's json.dumps, UTF-8 kept",
      signed: '["é:,", 1.0, {"b": 2}]',
      came: '["é:,",1.0,{ "b":2}]',
    },
    { name: "Python's json.dumps, escaped", signed: '["\\u00e9:,", 1e-07]', came: '["é:,",1e-07]' },
  ].map(({ name, signed, came }) => ({
    name,
    code: "body_reserialized" as const,
    says: /made over the JSON as another program prints it/,
    body: bytes(came),
    signature: sign(signed, SECRET),
  })),
  {
    name: "another form of the same JSON",
    code: "raw_body_only",
    says: /another form of the same JSON, and `rawBodyOnly` accepts only/,
    body: bytes(TEXT.replaceAll(":", ": ")),
    signature: right,
  },
];
