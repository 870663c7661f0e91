import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "examples/readme", "examples/round-trip"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["packages/conformance/**"],
      reporter: ["text", "json-summary"],
      thresholds: { lines: 95, branches: 90 },
    },
  },
});
