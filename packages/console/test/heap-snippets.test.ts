import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HEAP_SNIPPETS, KEY_VARIABLE } from "../web/heap/snippets.ts";
import { Opened } from "./opened.ts";

const run = promisify(execFile);

/** The shell is what is tested; a stand-in for curl, which is not everywhere, posts what it is given. */
const CURL = `curl() { "$NODE" -e 'const a = process.argv.slice(1); const h = a.filter((_, i) => a[i - 1] === "-H").map((x) => x.split(": ")); fetch(a[0], { method: "POST", headers: h, body: a.at(-1) }).then((r) => r.ok || process.exit(1))' -- "$@" || exit 1; }`;

let opened: Opened;
let key: string;
beforeEach(async () => {
  opened = await Opened.open({ heap: true });
  ({ key } = await opened.sender.writeKeys.create({ account: "ann" }));
  await opened.sender.webhooks.create({ account: "ann", url: "https://example.com/", topics: ["**"] });
});
afterEach(() => opened.close());

function codeOf(id: string, told: string | null): string {
  const snippet = HEAP_SNIPPETS.find((one) => one.id === id);
  return snippet?.code({ api: `${opened.origin}/heron/api`, key: told }) ?? "";
}

describe.each([
  ["with the key in it", () => key, false],
  ["with the key in the environment", () => null, true],
])("%s", (_, told, isVariable) => {
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
          // What it imports is found from here.
          cwd: join(import.meta.dirname, ".."),
        }),
    ],
  ])("the code for %s writes an event and a user's properties", async (id, execute) => {
    await execute(codeOf(id, told()));
    const { items } = await opened.sender.for("ann").deliveries.list();
    expect(items.map(({ event }) => event.topic)).toEqual(["track.send_email"]);
    expect(await opened.sender.for("ann").users.get("ada@example.com")).toEqual({ plan: "pro" });
  });
});
