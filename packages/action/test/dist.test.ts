import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "tsup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actionBuild, BUNDLED } from "../build.ts";

const dist = new URL("../dist/", import.meta.url);
const committed = readFileSync(new URL("main.js", dist), "utf8");
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "heron-action-"));
  await build({ ...actionBuild(folder), metafile: true, config: false });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the built file is what its source builds to; if not: pnpm --filter @heron-webhooks/action build", () => {
  expect(readdirSync(dist)).toEqual(["main.js"]);
  expect(readFileSync(join(folder, "main.js"), "utf8") === committed).toBe(true);
});

test("it holds the licence of everything that was bundled, and nothing else was", () => {
  const metafile = readFileSync(join(folder, "metafile-esm.json"), "utf8");
  const outputs = Object.values((JSON.parse(metafile) as Metafile).outputs);
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
  const packages = inputs
    .filter(([path, { bytesInOutput }]) => path.includes("node_modules/") && bytesInOutput > 0)
    .map(([path]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  expect([...new Set(packages)].sort()).toEqual([...BUNDLED].sort());
  for (const name of BUNDLED) expect(committed).toContain(`\n${name} `);
});

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

test("it is at most 60 KB, and holds neither a schema compiler nor an HTTP client", () => {
  expect(Buffer.byteLength(committed)).toBeLessThanOrEqual(60_000);
  expect(committed).not.toMatch(/undici|octokit|ajv|getIDToken/i);
});

test("it holds no path of the machine that built it", () => {
  expect(committed).not.toMatch(/node_modules|\.pnpm|packages\/|file:\/\//);
});
