import { describe, expect, test } from "vitest";
import { diagnoseSignature, diagnoseSignatureHeader } from "../../src/signature/diagnose.ts";
import { computeMac, createHmacKey } from "../../src/signature/mac.ts";
import { sign } from "../../src/signature/sign.ts";
import { bytes, catchHeronError, SECRET } from "../test-receiver.ts";
import { bodies, body, right, secrets, spellings } from "./diagnose-cases.ts";

describe.each([
  ["the header's spelling", spellings],
  ["the secret", secrets],
  ["the body", bodies],
])("%s", (_, all) => {
  test.each(all)("$code: $name", ({ code, says, signature, ...about }) => {
    const given = about.secrets ?? SECRET;
    const hint = diagnoseSignature(about.body ?? body, signature, given);
    expect(hint?.code).toBe(code);
    expect(hint?.message).toMatch(says);
    for (const hidden of [signature, ...[given].flat(), SECRET.slice(4), "private", "not json"])
      if (hidden.length > 4) expect(hint?.message).not.toContain(hidden);
  });

  test.each(all)(
    "$code, $name: found with the secret in second place too",
    ({ code, signature, ...about }) => {
      const hint = diagnoseSignature(about.body ?? body, signature, [
        "sec_unrelated",
        ...[about.secrets ?? SECRET].flat(),
      ]);
      expect(hint?.code).toBe(code);
    },
  );
});

test("every code has a case", () => {
  const codes = [...spellings, ...secrets, ...bodies].map(({ code }) => code);
  expect([...new Set(codes)].sort()).toEqual([
    "body_bom",
    "body_buffer",
    "body_empty",
    "body_newline",
    "body_reserialized",
    "raw_body_only",
    "secret_api_key",
    "secret_decoded",
    "secret_prefix",
    "secret_quoted",
    "secret_white_space",
    "signature_base64_variant",
    "signature_hex",
    "signature_prefixed",
    "signature_quoted",
    "signature_repeated",
  ]);
});

test("nothing is wrong: null", () => {
  expect(diagnoseSignature(body, right, SECRET)).toBe(null);
  expect(diagnoseSignature(body, right, ["sec_other", SECRET])).toBe(null);
});

test.each([undefined, null, ""])("a missing signature, %j, explains itself: null", (missing) => {
  expect(diagnoseSignature(body, missing, SECRET)).toBe(null);
});

test("nothing fits: null", () => {
  expect(diagnoseSignature(body, sign(body, "sec_unrelated"), SECRET)).toBe(null);
  expect(diagnoseSignature(bytes("not JSON"), sign("x", "sec_unrelated"), SECRET)).toBe(null);
  expect(diagnoseSignature(Uint8Array.of(0x22, 0xff, 0x22), sign("x", "sec_unrelated"), SECRET)).toBe(null);
  expect(diagnoseSignature(new Uint8Array(), sign("x", "sec_unrelated"), SECRET)).toBe(null);
});

describe("what only looks like a known mistake is not taken for one", () => {
  const toKey = (bytes: string, encoding: BufferEncoding): Buffer => Buffer.from(bytes, encoding);

  test.each([
    ["quotes inside a secret", 'a"bc"', "abc"],
    ["quotes before the rest of a secret", '"ab"c', "abc"],
    ["different quotes around a secret", "\"abc'", "abc"],
    ["a secret with another prefix than sec_", "key-abcdef", "abcdef"],
    ["sec_ inside a secret", "AAAAsec_BBBB", toKey("AAAABBBB", "base64")],
    ["hexadecimal before the rest of a secret", "0011zz", toKey("0011", "hex")],
    ["half a byte more of hexadecimal", "00112", toKey("0011", "hex")],
  ])("%s", (_, secret, key) => {
    expect(diagnoseSignature(body, computeMac(body, createHmacKey(Buffer.from(key))), secret)).toBe(null);
  });

  test("a body that has lost its last character, which was no line break", () => {
    expect(diagnoseSignature(bytes("not JSON"), sign("not JSO", SECRET), SECRET)).toBe(null);
  });

  test("a forged body that ends in a line break", () => {
    for (const text of ["not JSON\n", "not JSON\r\n"])
      expect(diagnoseSignature(bytes(text), sign("x", "sec_unrelated"), SECRET)).toBe(null);
  });
});

test("a body nested deeper than it could be printed is no error: null", () => {
  const deep = bytes("[".repeat(30_000) + "]".repeat(30_000));
  expect(diagnoseSignature(deep, sign("x", "sec_unrelated"), SECRET)).toBe(null);
});

test("an empty body's own signature is not taken for a body lost", () => {
  expect(diagnoseSignature(new Uint8Array(), sign("", SECRET), SECRET)).toBe(null);
});

test("a well-spelt signature with bits left over has no spelling to explain: null", () => {
  expect(diagnoseSignature(body, `${"A".repeat(42)}B=`, SECRET)).toBe(null);
  expect(diagnoseSignatureHeader(right)).toBe(null);
});

test("a secret that decodes to nothing is not tried as an empty key", () => {
  const nothing = computeMac(body, createHmacKey(bytes("")));
  expect(diagnoseSignature(body, nothing, "sec_")).toBe(null);
  expect(diagnoseSignature(body, nothing, "whsec_")).toBe(null);
});

test("a body over 64 KiB gets only hints about the header", () => {
  const limit = 64 * 1024;
  const unsigned = sign("", SECRET);
  expect(diagnoseSignature(new Uint8Array(limit), unsigned, SECRET)?.code).toBe("body_empty");
  expect(diagnoseSignature(new Uint8Array(limit + 1), unsigned, SECRET)).toBe(null);
  expect(diagnoseSignature(new Uint8Array(limit + 1), `v1,${unsigned}`, SECRET)?.code).toBe(
    "signature_prefixed",
  );
});

test("a missing or empty secret is rejected", () => {
  expect(catchHeronError(() => diagnoseSignature(body, right, [])).code).toBe("secret_missing");
  expect(catchHeronError(() => diagnoseSignature(body, "", [""])).code).toBe("secret_invalid");
});
