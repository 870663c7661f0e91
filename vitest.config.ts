import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { isLong } from "./packages/conformance/src/runs.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

// Every thread and child process that runs our source strips its types again; with this cache that takes half as long.
process.env["NODE_COMPILE_CACHE"] ??= join(root, "node_modules/.cache/compile");

const folders = [
  ...readdirSync(join(root, "packages")).map((name) => `packages/${name}`),
  "examples/heap-style",
  "examples/readme",
  "examples/round-trip",
  "examples/saas-webhooks",
];

type Project = NonNullable<TestProjectInlineConfiguration["test"]>;

/** Tests that some machines and some versions of Node cannot run: projects, because `--exclude` does not reach a project's tests. */
const BROWSER = "test/browser/**/*.test.ts";
const INSTRUMENTED = "test/instrumented.test.ts";
// These start processes or wait for conditions in a page, which takes many times longer on a busy machine.
const slow: Project = isLong ? {} : { testTimeout: 120_000, hookTimeout: 120_000 };

/** The settings that a folder's project has in addition to those of all projects. */
const own: Readonly<Record<string, Project>> = {
  action: slow,
  console: { exclude: [BROWSER], ...slow },
  postgres: { globalSetup: ["./test/global.ts"] },
  "real-stacks": { exclude: [INSTRUMENTED] },
};

const projects: readonly Project[] = [
  ...folders.map((folder) => ({
    name: basename(folder),
    root: join(root, folder),
    ...own[basename(folder)],
  })),
  { name: "browser", root: join(root, "packages/console"), include: [BROWSER], ...slow },
  { name: "instrumented", root: join(root, "packages/real-stacks"), include: [INSTRUMENTED] },
];

// Under c8, modules run as Node loads them: only then are threads, child processes and tests measured in the same way.
const isMeasured = process.env["NODE_V8_COVERAGE"] !== undefined;

export default defineConfig({
  test: {
    ...(isMeasured && {
      experimental: { viteModuleRunner: false },
      setupFiles: [join(root, "scripts/take-coverage.ts")],
    }),
    projects: projects.map((test) => ({ extends: true as const, test })),
    exclude: isLong ? configDefaults.exclude : [...configDefaults.exclude, "**/*.long.test.ts"],
    maxWorkers: Math.max(4, availableParallelism()),
    // Far above what a test takes: a busy machine is many times slower than an idle one.
    testTimeout: isLong ? 600_000 : 60_000,
    hookTimeout: isLong ? 600_000 : 60_000,
    expect: { poll: { timeout: 20_000 } },
    // On processors with memory protection keys, V8 can crash with "Check failed: jit_page.has_value()" in a process whose
    // threads run WebAssembly, which Node uses to strip types. Without the keys it does not: nodejs/node#64500.
    execArgv: ["--no-memory-protection-keys"],
  },
});
