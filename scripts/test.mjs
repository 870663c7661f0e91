// `npm test`: sets the workspace up, then passes every check; stops at the first that fails.
import { buildPackages, nodeOfTheWorkspace, setUp, step } from "./workspace.mjs";

const began = performance.now();
setUp();
step(
  "find a Chromium for the console's tests",
  nodeOfTheWorkspace(),
  ["packages/console/scripts/chromium.ts"],
  {
    quiet: true,
  },
);
step("lint (biome)", "pnpm", ["lint"]);
step("check types (tsc)", "pnpm", ["typecheck"]);
step("test (vitest)", "pnpm", ["unit"]);
buildPackages();
step("check the packages as they would be published", "pnpm", ["pack-check"]);
console.error(`✓ all passed in ${((performance.now() - began) / 1000).toFixed(0)} s`);
