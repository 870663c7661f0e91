import { defineConfig } from "tsup";
import { base } from "../../tsup.config.base.ts";

export default defineConfig({
  ...base,
  // The second is a program, which nobody imports.
  entry: ["src/index.ts", "src/cli.ts"],
  dts: { entry: "src/index.ts" },
  target: "node22",
});
