import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.config.base.ts";

export default defineConfig(
  packageBuild({
    entry: {
      index: "./src/index.ts",
      receiver: "./src/receiver/index.ts",
      delivery: "./src/delivery/index.ts",
      templates: "./src/templates/index.ts",
      slack: "./src/slack/index.ts",
      internal: "./src/internal.ts",
      testing: "./src/testing.ts",
    },
    // CommonJS too: one HeronError for all entries.
    splitting: true,
    // A CommonJS module, which loads Ajv on first use: see src/ajv.d.cts.
    copied: ["ajv.cjs"],
  }),
);
