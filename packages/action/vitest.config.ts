import { defineConfig } from "vitest/config";

export default defineConfig({
  // Steps are processes and servers, which take many times longer on a machine that is busy.
  test: { testTimeout: 120_000, hookTimeout: 120_000 },
});
