// `npm run build`: sets up the workspace, then builds every package. The Action's file is packages/action/dist/main.js.
import { buildArguments, setUp, step } from "./workspace.mjs";

setUp();
step("build (tsup)", "pnpm", buildArguments(), { quiet: true });
