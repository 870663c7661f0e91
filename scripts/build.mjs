// `npm run build`: sets the workspace up, then builds every package; the Action's file is packages/action/dist/main.js.
import { buildArguments, setUp, step } from "./workspace.mjs";

setUp();
step("build (tsup)", "pnpm", buildArguments(), { quiet: true });
