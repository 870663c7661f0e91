import { copyFileSync } from "node:fs";
import { defineConfig } from "tsup";
import { base } from "../../tsup.config.base.ts";

export default defineConfig({
  ...base,
  entry: ["src/index.ts", "src/testing.ts"],
  // Stays a CommonJS file of its own in both builds: see src/ajv.d.cts.
  external: ["./ajv.cjs"],
  onSuccess: async () => copyFileSync("src/ajv.cjs", "dist/ajv.cjs"),
});
