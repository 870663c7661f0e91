import { copyFileSync } from "node:fs";
import { defineConfig } from "tsup";
import { base } from "../../tsup.config.base.ts";

export default defineConfig({
  ...base,
  // The thread that owns the file is a module of its own in both builds.
  entry: {
    index: "src/index.ts",
    store: "src/store/index.ts",
    "sqlite/file/worker": "src/sqlite/file/worker.ts",
  },
  // Stays a file of its own, which runs before undici is loaded: see src/node-version.ts.
  external: ["./node-version.cjs"],
  onSuccess: async () => copyFileSync("src/node-version.cjs", "dist/node-version.cjs"),
  target: "node22",
  // In CommonJS too it is found beside the module that starts it.
  shims: true,
});
