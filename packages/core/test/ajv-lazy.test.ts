import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const source = (path: string): string => JSON.stringify(new URL(`../src/${path}`, import.meta.url).href);

/** Whether ajv is loaded in a process of its own after some code that has `core` and `testing`. */
async function getModulesLoadedBy(code: string): Promise<boolean> {
  const script = `
    import { createRequire } from "node:module";
    const core = { ...await import(${source("index.ts")}), ...await import(${source("receiver/index.ts")}) };
    const testing = await import(${source("testing.ts")});
    ${code};
    const files = Object.keys(createRequire(import.meta.url).cache);
    console.log(files.some((file) => /[\\\\/]ajv[\\\\/]dist[\\\\/]/.test(file)));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  return JSON.parse(stdout) as boolean;
}

const SECRET = '"sec_test_0123456789abcdef"';

test("importing core, signing and verifying load no schema compiler", async () => {
  const body = 'Buffer.from("{}")';
  expect(await getModulesLoadedBy(`core.verify(${body}, core.sign(${body}, ${SECRET}), ${SECRET})`)).toBe(
    false,
  );
});

test("nor does a receiver without schemas; one with schemas loads it, so that the first event does not wait", async () => {
  expect(await getModulesLoadedBy(`core.createReceiver({ secret: ${SECRET} })`)).toBe(false);
  const schemas = `{ "**": { type: "object" } }`;
  expect(await getModulesLoadedBy(`core.createReceiver({ secret: ${SECRET}, schemas: ${schemas} })`)).toBe(
    true,
  );
});
