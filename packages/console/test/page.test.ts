import { get } from "node:http";
import { brotliDecompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createConsole } from "../src/index.ts";
import { ASSETS, SCRIPT } from "../src/page/assets.gen.ts";
import { TestConsole } from "./test-console.ts";

/** Limit of compressed script for the first load. */
const MAX_SCRIPT_BYTES = 60_000;

let testConsole: TestConsole;
beforeEach(async () => {
  testConsole = await TestConsole.open();
});
afterEach(() => testConsole.close());

test.each([
  ["", ""],
  ["webhooks", ""],
  ["webhooks/wbh_1", "../"],
  ["webhooks/wbh_1/edit", "../../"],
])("the document at /%s links its assets", async (path, up) => {
  const response = await fetch(`${testConsole.origin}/heron/${path}`);
  const text = await response.text();
  const [, source = ""] = /<script type="module" src="([^"]+)">/.exec(text) ?? [];
  expect(source).toBe(`${up === "" ? "./" : up}${SCRIPT}`);
  const script = await fetch(new URL(source, `${testConsole.origin}/heron/${path}`));
  expect([script.status, script.headers.get("content-type")]).toEqual([200, "text/javascript"]);
});

test("the policy forbids foreign scripts, frames and referrers", async () => {
  const { headers } = await fetch(`${testConsole.origin}/heron/`);
  const policy = headers.get("content-security-policy") ?? "";
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "frame-ancestors 'none'",
    "trusted-types 'none'",
  ])
    expect(policy).toContain(part);
  expect(policy).not.toMatch(/unsafe|https?:/);
  expect(headers.get("referrer-policy")).toBe("no-referrer");
});

test("allowed origins may embed the page", async () => {
  const framed = await TestConsole.open({ frameAncestors: ["https://app.example.com"] });
  try {
    const { headers } = await fetch(`${framed.origin}/heron/`);
    expect(headers.get("content-security-policy")).toContain("frame-ancestors https://app.example.com;");
    for (const origin of ["app.example.com", "https://app.example.com/path", "'self'; script-src *"])
      expect(() => createConsole(framed.sender, { authorize: () => null, frameAncestors: [origin] })).toThrow(
        expect.objectContaining({ code: "option_invalid" }),
      );
  } finally {
    await framed.close();
  }
});

describe("an asset", () => {
  const getAsset = (
    headers: Record<string, string>,
  ): Promise<{ readonly status: number; readonly headers: object; readonly bytes: Buffer }> =>
    new Promise((resolve, reject) => {
      // fetch would request and undo compression by itself.
      get(`${testConsole.origin}/heron/${SCRIPT}`, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes: Buffer.concat(chunks),
          }),
        );
      }).on("error", reject);
    });

  test("is compressed if the client accepts it, with the same content", async () => {
    const compressed = await getAsset({ "accept-encoding": "gzip, br" });
    const plain = await getAsset({});
    expect(compressed.headers).toMatchObject({ "content-encoding": "br", vary: "accept-encoding" });
    expect(brotliDecompressSync(compressed.bytes)).toEqual(plain.bytes);
  });

  test("is not sent again with a matching etag", async () => {
    const { headers } = (await getAsset({})) as { readonly headers: { readonly etag: string } };
    const again = await getAsset({ "if-none-match": headers.etag });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });

  test("that does not exist is answered with 404", async () => {
    expect((await fetch(`${testConsole.origin}/heron/assets/none.js`)).status).toBe(404);
  });
});

test("all scripts together are within the limit", () => {
  const size = ASSETS.reduce((sum, { brotli }) => sum + Buffer.byteLength(brotli, "base64"), 0);
  expect(size).toBeLessThan(MAX_SCRIPT_BYTES);
});
