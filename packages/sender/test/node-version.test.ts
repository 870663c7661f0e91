import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** Runs the check as a process of this version would. */
function checkOn(version: string): void {
  new Function("process", read("../src/node-version.cjs"))({
    version: `v${version}`,
    versions: { node: version },
  });
}

describe("the check of the Node version", () => {
  it.each(["18.20.8", "20.20.2", "21.7.3", "22.2.0", "22.18.0"])(
    "refuses %s, and names the package and the version that it needs",
    (version) => {
      expect(() => checkOn(version)).toThrow(
        `@heron-webhooks/sender needs Node 22.19 or later; this is v${version}.`,
      );
    },
  );

  it.each(["22.19.0", "22.23.3", "23.0.0", "24.21.0", "26.0.0-nightly", "100.1.0"])(
    "accepts %s",
    (version) => {
      expect(() => checkOn(version)).not.toThrow();
    },
  );

  it("asks for the version that package.json promises, as the packages on top of the sender do", () => {
    for (const name of ["sender", "postgres", "console"])
      expect(JSON.parse(read(`../../${name}/package.json`))).toHaveProperty("engines.node", ">=22.19");
  });

  it("comes before every other import of each entry", () => {
    for (const entry of ["../src/index.ts", "../src/store/index.ts"])
      expect(/^(?:import|export)\b.*$/m.exec(read(entry))?.[0]).toMatch(
        /^import "\.{1,2}\/node-version\.ts";$/,
      );
  });
});
