// `npm run build`: sets the workspace up, then builds every package; the Action's file is packages/action/dist/main.js.
import { buildPackages, setUp } from "./workspace.mjs";

setUp();
buildPackages();
