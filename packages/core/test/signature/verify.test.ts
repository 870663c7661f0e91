import { describe, expect, test } from "vitest";
import { sign } from "../../src/signature/sign.ts";
import { parseSignature, verify } from "../../src/signature/verify.ts";
import { bytes, catchHeronError, SECRET } from "../test-receiver.ts";

const body = bytes('{"topic":"end_user.processed"}');
const signature = sign(body, SECRET);

test("a body with a valid signature is verified, and the result has its MAC", () => {
  expect(verify(body, signature, SECRET)).toEqual({ form: "raw", secretIndex: 0, mac: signature });
});

test.each([undefined, null, ""])("signature %j is signature_missing", (missing) => {
  const { code, message } = catchHeronError(() => verify(body, missing, SECRET));
  expect(code).toBe("signature_missing");
  expect(message).toBe("There is no signature header.");
});

describe("anything but the one canonical base64 of 32 bytes is signature_malformed", () => {
  const zeros = `${"A".repeat(43)}=`;
  const all = [
    ["no padding", zeros.slice(0, 43)],
    ["two paddings", `${"A".repeat(42)}==`],
    ["31 bytes", Buffer.alloc(31).toString("base64")],
    ["33 bytes", Buffer.alloc(33).toString("base64")],
    ["45 characters", `${zeros}=`],
    ["45 characters, one before", `A${zeros}`],
    ["a line break behind", `${zeros}\n`],
    ["a line break for the padding", `${"A".repeat(43)}\n`],
    ["a line break inside", `${"A".repeat(20)}\n${"A".repeat(22)}=`],
    ["a space before", ` ${zeros}`],
    ["URL-safe -", `-${"A".repeat(42)}=`],
    ["URL-safe _", `_${"A".repeat(42)}=`],
    ["bits behind the end", `${"A".repeat(42)}B=`],
    ["a non-ASCII letter", `é${"A".repeat(42)}=`],
    ["hexadecimal", "0".repeat(64)],
    ["a prefix", `sha256=${zeros}`],
    ["two signatures", `${zeros}, ${zeros}`],
    ["padding in the middle", `${"A".repeat(20)}=${"A".repeat(22)}=`],
  ] as const;

  test.each(all)("%s", (_, text) => {
    const { code, message } = catchHeronError(() => verify(body, text, SECRET));
    expect(code).toBe("signature_malformed");
    expect(message).toBe("The signature is not the canonical base64 of 32 bytes.");
  });

  test("of the 64 last characters, the 16 without left-over bits pass", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (const [value, last] of [...alphabet].entries()) {
      const text = `${"A".repeat(42)}${last}=`;
      if (value % 4 === 0) expect(parseSignature(text)).toBe(text);
      else expect(catchHeronError(() => parseSignature(text)).code).toBe("signature_malformed");
    }
  });

  test("a repeated header that comes as a list", () => {
    // @ts-expect-error what JavaScript may give
    expect(catchHeronError(() => verify(body, [signature], SECRET)).code).toBe("signature_malformed");
  });
});

test("another body, signature or secret is signature_mismatch", () => {
  const wrong = [
    () => verify(bytes('{"topic":"end_user.failed"}'), signature, SECRET),
    () => verify(body, sign(body, "sec_other"), SECRET),
    () => verify(body, signature, "sec_other"),
  ];
  for (const act of wrong) {
    const { code, message } = catchHeronError(act);
    expect(code).toBe("signature_mismatch");
    expect(message).toBe("The signature does not belong to this body and these secrets.");
  }
});

test.each([
  ["text", '{"topic":"end_user.processed"}'],
  ["a parsed body", { topic: "end_user.processed" }],
  ["null", null],
  ["an array of bytes", [...body]],
  ["an ArrayBuffer", Uint8Array.from(body).buffer],
])("a body that is %s is option_invalid, before anything else is looked at", (_, given) => {
  // @ts-expect-error what JavaScript may give
  const { code, message } = catchHeronError(() => verify(given, undefined, []));
  expect(code).toBe("option_invalid");
  expect(message).toMatch(/^verify needs the body as received bytes \(a Uint8Array or Buffer\)/);
});

test("a missing secret is reported before a missing signature", () => {
  expect(catchHeronError(() => verify(body, undefined, [])).code).toBe("secret_missing");
  expect(catchHeronError(() => verify(body, undefined, [SECRET, ""])).code).toBe("secret_invalid");
});

test("a view into a larger buffer is verified by its own bytes alone", () => {
  const large = Buffer.concat([bytes("xx"), body, bytes("yy")]);
  expect(verify(large.subarray(2, 2 + body.length), signature, SECRET).form).toBe("raw");
  expect(catchHeronError(() => verify(large, signature, SECRET)).code).toBe("signature_mismatch");
});

describe("several secrets", () => {
  test.each([0, 1, 2])("the one at %i is returned by its index", (right) => {
    const secrets = ["sec_a", "sec_b", "sec_c"];
    const given = sign(body, secrets[right] as string);
    expect(verify(body, given, secrets)).toMatchObject({ form: "raw", secretIndex: right });
  });

  test("of two that are the same the first counts", () => {
    expect(verify(body, signature, ["sec_a", SECRET, SECRET]).secretIndex).toBe(1);
    expect(verify(body, signature, [SECRET, SECRET]).secretIndex).toBe(0);
  });

  test("each is tried for each form", () => {
    const spaced = bytes('{"topic": "end_user.processed"}');
    expect(verify(spaced, signature, ["sec_a", SECRET])).toEqual({
      form: "compact",
      secretIndex: 1,
      mac: signature,
    });
  });

  test.each([0, 1, 2])("all are looked at alike when the one at %i is right", (right) => {
    const looks: Record<string, number> = { 0: 0, 1: 0, 2: 0 };
    const secrets = ["sec_a", "sec_b", "sec_c"];
    const watched = new Proxy(secrets, {
      get(target, name, receiver) {
        if (typeof name === "string" && Object.hasOwn(looks, name)) looks[name] = (looks[name] ?? 0) + 1;
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    verify(body, sign(body, secrets[right] as string), watched);
    // Once to check that it is a secret, once to compare.
    expect(looks).toEqual({ 0: 2, 1: 2, 2: 2 });
  });
});

describe("rawBodyOnly", () => {
  const spaced = bytes('{"topic": "end_user.processed"}');

  test("accepts a signature over the very bytes", () => {
    expect(verify(body, signature, SECRET, { rawBodyOnly: true }).form).toBe("raw");
  });

  test("rejects one over another form of them", () => {
    expect(catchHeronError(() => verify(spaced, signature, SECRET, { rawBodyOnly: true })).code).toBe(
      "signature_mismatch",
    );
  });

  test.each([false, undefined])("is off when it is %j", (rawBodyOnly) => {
    expect(verify(spaced, signature, SECRET, { rawBodyOnly }).form).toBe("compact");
  });
});
