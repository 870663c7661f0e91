// `npm test`: sets up the workspace, then runs every check; stops at the first that fails.
import { Stages } from "./stages.mjs";
import { buildArguments, nodeOfTheWorkspace, setUp, step } from "./workspace.mjs";

const stages = new Stages();
stages.runInProcess("set up", () => {
  setUp();
  step(
    "find a Chromium for the console's tests",
    nodeOfTheWorkspace(),
    ["packages/console/scripts/chromium.ts"],
    { quiet: true },
  );
});
// Cheap stages first. The Action is not built: a test compares the committed file with a build of the source.
await Promise.all([
  stages.run("lint (biome)", "pnpm", ["lint"]),
  stages.run("types (tsc)", "pnpm", ["typecheck"]),
]);
const packages = async () => {
  await stages.run("build (tsup)", "pnpm", buildArguments("!./packages/action"));
  await stages.run("packages as they would be published", "pnpm", ["pack-check"]);
};
await Promise.all([stages.run("tests (vitest)", "pnpm", ["unit"]), packages()]);
stages.end();
