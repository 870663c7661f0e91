import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HEAP_SNIPPETS, KEY_VARIABLE } from "../web/write-keys/snippets.ts";
import { TestConsole } from "./test-console.ts";

const run = promisify(execFile);

/** A stand-in for curl, which is not installed everywhere. */
const CURL = `curl() { "$NODE" -e 'const a = process.argv.slice(1); const h = a.filter((_, i) => a[i - 1] === "-H").map((x) => x.split(": ")); fetch(a[0], { method: "POST", headers: h, body: a.at(-1) }).then((r) => r.ok || process.exit(1))' -- "$@" || exit 1; }`;

let testConsole: TestConsole;
let key: string;
beforeEach(async () => {
  testConsole = await TestConsole.open({ heapApi: true });
  ({ key } = await testConsole.sender.writeKeys.create({ account: "ann" }));
  await testConsole.sender.webhooks.create({ account: "ann", url: "https://example.com/", topics: ["**"] });
});
afterEach(() => testConsole.close());

function codeOf(id: string, key: string | null): string {
  const snippet = HEAP_SNIPPETS.find((candidate) => candidate.id === id);
  return snippet?.render({ apiUrl: `${testConsole.origin}/heron/api`, writeKey: key }) ?? "";
}

describe.each([
  ["with the key in it", () => key, false],
  ["with the key in the environment", () => null, true],
])("%s", (_, getKey, isVariable) => {
  const env = (): NodeJS.ProcessEnv => ({
    PATH: process.env["PATH"],
    NODE: process.execPath,
    ...(isVariable ? { [KEY_VARIABLE]: key } : {}),
  });

  test.each([
    ["curl", (code: string) => run("sh", ["-c", `${CURL}\n${code}`], { env: env() })],
    [
      "node",
      (code: string) =>
        run(process.execPath, ["--input-type=module", "--no-deprecation", "-e", code], {
          env: env(),
          // Imports resolve from here.
          cwd: join(import.meta.dirname, ".."),
        }),
    ],
  ])("the snippet for %s sends an event and user properties", async (id, execute) => {
    await execute(codeOf(id, getKey()));
    const { data } = await testConsole.sender.forAccount("ann").deliveries.list();
    expect(data.map(({ event }) => event.topic)).toEqual(["track.send_email"]);
    expect(await testConsole.sender.forAccount("ann").users.get("ada@example.com")).toEqual({ plan: "pro" });
  });
});
