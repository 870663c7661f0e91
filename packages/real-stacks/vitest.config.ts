import { configDefaults, defineConfig } from "vitest/config";
import { LONG } from "./src/long.ts";

export default defineConfig({
  test: {
    exclude: LONG ? configDefaults.exclude : [...configDefaults.exclude, "**/*.long.test.ts"],
    // Far from what a test takes, on a busy machine too.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
