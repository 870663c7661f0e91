import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { MASK } from "../src/api/dto/webhook-dto.ts";
import { findVariables, toCurlCommand } from "../web/delivery/curl.ts";
import { diffLines } from "../web/delivery/diff.ts";

test("masked headers and URLs become shell variables", () => {
  const request = {
    url: `https://hooks.slack.com/${MASK}`,
    headers: { "X-Api-Key": MASK, a: "1" },
    body: "{}",
  };
  expect(findVariables(request)).toEqual(["WEBHOOK_URL", "X_API_KEY"]);
  expect(toCurlCommand(request)).toBe(
    `curl "$WEBHOOK_URL" \\\n  -H "X-Api-Key: $X_API_KEY" \\\n  -H 'a: 1' \\\n  --data-raw '{}'`,
  );
});

test("the command sends the exact bytes of the body", async () => {
  const body = `{"it's":"$HOME \`id\` \\\\ \\"ü\\"\n@file !"}`;
  let got = "";
  const server = createServer(async (request, response) => {
    got = `${request.method} ${request.headers["x-note"]} ${await text(request)}`;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a?b='c'&d`;
  const command = toCurlCommand({ url, headers: { "x-note": "it's $5" }, body });
  // A stand-in for curl prints the arguments that the shell passes.
  const curlStub = `curl() { "$NODE" -e 'const a = process.argv.slice(1); const h = a.filter((_, i) => a[i - 1] === "-H").map((x) => x.split(": ")); fetch(a[0], { method: "POST", headers: h, body: a.at(-1) })' -- "$@"; }`;
  await promisify(execFile)("sh", ["-c", `${curlStub}\n${command}`], { env: { NODE: process.execPath } });
  server.close();
  expect(got).toBe(`POST it's $5 ${body}`);
});

test.each([
  ["a\nb\nc", "a\nc", [" a", "-b", " c"]],
  ["", "x", ["-", "+x"]],
  ["a\nb", "a\nb", [" a", " b"]],
  ["a\nx\nd", "a\ny\nz\nd", [" a", "-x", "+y", "+z", " d"]],
])("diff of %j and %j", (first, second, lines) => {
  const signs = { both: " ", first: "-", second: "+" } as const;
  expect(diffLines(first, second).map((line) => signs[line.side] + line.text)).toEqual(lines);
});
