import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.config.base.ts";

export default defineConfig(
  packageBuild({
    entry: { index: "./src/index.ts", cli: "./src/cli.ts" },
    // The command line is a program; it exports nothing.
    typedEntry: { index: "./src/index.ts" },
    target: "node22",
  }),
);
