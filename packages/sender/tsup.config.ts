import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.config.base.ts";

export default defineConfig(
  packageBuild({
    entry: { index: "./src/index.ts", store: "./src/store/index.ts" },
    // Runs before undici is loaded: see src/node-version.ts.
    copied: ["node-version.cjs"],
    target: "node22",
  }),
);
