import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { isLong } from "./packages/conformance/src/runs.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

// Every thread and every child process that runs our source strips its types again: from this cache it takes half as long.
process.env["NODE_COMPILE_CACHE"] ??= join(root, "node_modules/.cache/compile");

const folders = [
  ...readdirSync(join(root, "packages")).map((name) => `packages/${name}`),
  "examples/heap-style",
  "examples/readme",
  "examples/round-trip",
  "examples/saas-webhooks",
];

/** What a project has beside what all have. */
const own: Readonly<Record<string, TestProjectInlineConfiguration["test"]>> = {
  // Steps are processes and servers, which take many times longer on a machine that is busy.
  action: isLong ? {} : { testTimeout: 120_000, hookTimeout: 120_000 },
  // Tests in a browser wait for conditions, which take their time on a machine that is busy.
  console: isLong ? {} : { testTimeout: 120_000, hookTimeout: 120_000 },
  postgres: { globalSetup: ["./test/global.ts"] },
};

export default defineConfig({
  test: {
    projects: folders.map((folder) => ({
      extends: true as const,
      test: { name: basename(folder), root: join(root, folder), ...own[basename(folder)] },
    })),
    exclude: isLong ? configDefaults.exclude : [...configDefaults.exclude, "**/*.long.test.ts"],
    maxWorkers: Math.max(3, availableParallelism()),
    // No limit is near what a test takes: on a busy machine that is many times more than on an idle one.
    testTimeout: isLong ? 600_000 : 60_000,
    hookTimeout: isLong ? 600_000 : 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Where the processor protects pages of code by keys, V8 may end a process whose threads run WebAssembly, as Node does to
    // strip types: "Check failed: jit_page.has_value()". Seen once here; others report that it does not come without the keys.
    // See nodejs/node#64500.
    execArgv: ["--no-memory-protection-keys"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["packages/conformance/**", "packages/real-stacks/**"],
      reporter: ["text", "json-summary"],
      thresholds: { lines: 95, branches: 90 },
    },
  },
});
