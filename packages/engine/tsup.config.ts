import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.config.base.ts";

const typedEntry = { index: "./src/index.ts" };

export default defineConfig(
  packageBuild({
    // The SQLite thread is a module of its own in both builds.
    entry: { ...typedEntry, "sqlite/file/thread-main": "./src/storage/sqlite/file/thread-main.ts" },
    typedEntry,
    // Runs before node:sqlite is loaded: see src/node-version.ts.
    copied: ["node-version.cjs"],
    target: "node22",
    // CommonJS needs `import.meta.url` to find the thread's module.
    shims: true,
  }),
);
