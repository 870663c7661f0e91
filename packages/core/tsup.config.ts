import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.config.base.ts";

export default defineConfig(
  packageBuild({
    entry: { index: "./src/index.ts", testing: "./src/testing.ts" },
    // A CommonJS module, which loads Ajv on first use: see src/ajv.d.cts.
    copied: ["ajv.cjs"],
  }),
);
