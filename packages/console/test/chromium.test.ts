import { expect, test } from "vitest";
import { chromiumPath, type Machine, VARIABLE } from "../scripts/chromium.ts";

const machine = (
  there: readonly string[],
  {
    platform = "linux",
    env = { PATH: "/usr/local/bin:/usr/bin" },
    starts = () => true,
  }: Partial<Machine> = {},
): Machine => ({ platform, env, exists: (path) => there.includes(path), starts });

test("the environment variable has priority and must name a browser", () => {
  const env = { [VARIABLE]: "/opt/mine", PATH: "/usr/bin" };
  expect(chromiumPath(machine(["/opt/mine", "/usr/bin/chromium"], { env }))).toBe("/opt/mine");
  expect(() => chromiumPath(machine(["/usr/bin/chromium"], { env }))).toThrow(/says "\/opt\/mine"/);
});

test("a browser on the PATH is found if it starts", () => {
  const both = ["/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  expect(chromiumPath(machine(both))).toBe("/usr/bin/chromium-browser");
  const starts = (path: string): boolean => path !== "/usr/bin/chromium-browser";
  expect(chromiumPath(machine(both, { starts }))).toBe("/usr/bin/google-chrome");
});

test("Chrome and Edge are found in their macOS and Windows folders", () => {
  const chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  expect(chromiumPath(machine([chrome], { platform: "darwin", env: { HOME: "/Users/ann" } }))).toBe(chrome);
  const edge = "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe";
  const env = { "ProgramFiles(x86)": "C:\\Program Files (x86)" };
  expect(chromiumPath(machine([edge], { platform: "win32", env }))).toBe(edge);
});

test.each([
  ["linux", /apt-get install chromium/],
  ["darwin", /brew install/],
  ["win32", /Edge/],
] as const)("without any, on %s it is said what to do", (platform, way) => {
  const none = (): string => chromiumPath(machine([], { platform, env: {} }));
  expect(none).toThrow(way);
  expect(none).toThrow(VARIABLE);
});
