import { expect, test } from "vitest";
import { computeMac, createHmacKey, createKeyedHmac } from "../../src/signature/mac.ts";

const repeated = (byte: number, times: number): Buffer => Buffer.alloc(times, byte);
const ascending = Buffer.from(Array.from({ length: 25 }, (_, i) => i + 1));

// Source: RFC 4231, section 4, HMAC-SHA-256.
test.each([
  {
    name: "1, a key shorter than a block",
    key: repeated(0x0b, 20),
    data: Buffer.from("Hi There"),
    mac: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  },
  {
    name: "2, a key shorter than the MAC",
    key: Buffer.from("Jefe"),
    data: Buffer.from("what do ya want for nothing?"),
    mac: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  },
  {
    name: "3, key and data together longer than a block",
    key: repeated(0xaa, 20),
    data: repeated(0xdd, 50),
    mac: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
  },
  {
    name: "4, the same with another key",
    key: ascending,
    data: repeated(0xcd, 50),
    mac: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
  },
  {
    name: "5, of which the first 128 bits are published",
    key: repeated(0x0c, 20),
    data: Buffer.from("Test With Truncation"),
    mac: "a3b6167473100ee06e0c796c2955552b",
  },
  {
    name: "6, a key longer than a block",
    key: repeated(0xaa, 131),
    data: Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First"),
    mac: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  },
  {
    name: "7, key and data longer than a block",
    key: repeated(0xaa, 131),
    data: Buffer.from(
      "This is a test using a larger than block-size key and a larger than block-size data. " +
        "The key needs to be hashed before being used by the HMAC algorithm.",
    ),
    mac: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  },
])("the MAC agrees with RFC 4231, case $name", ({ key, data, mac }) => {
  const hex = (text: string): string =>
    Buffer.from(text, "base64")
      .subarray(0, mac.length / 2)
      .toString("hex");
  expect(hex(computeMac(data, createHmacKey(key)))).toBe(mac);
  expect(hex(createKeyedHmac(createHmacKey(key)).update(data).digest("base64"))).toBe(mac);
});
