import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Mutants live in a copy of the workspace, whose node_modules lead back to the packages as they are: imports between
// packages must be kept inside the copy, or every mutant of an imported package survives.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@heron-webhooks\/core\/testing$/, replacement: here("packages/core/src/testing.ts") },
      { find: /^@heron-webhooks\/conformance\/runs$/, replacement: here("packages/conformance/src/runs.ts") },
      { find: /^@heron-webhooks\/([a-z]+)$/, replacement: `${here("packages")}/$1/src/index.ts` },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        root: here("packages/core"),
        test: {
          name: "core",
          // Only tests of mutated files: a mutant in code that runs at import is covered by every test.
          include: [
            "test/signature/*.test.ts",
            "test/receiver/{dedupe,dedupe-key,late,response,reserver}.test.ts",
          ],
          // Fixed seeds and fewer cases: many tests cover each mutant.
          setupFiles: [here("packages/core/test/fixed-seed.ts")],
          env: { HERON_TEST_SHARE: "0.02" },
        },
      },
    ],
  },
});
