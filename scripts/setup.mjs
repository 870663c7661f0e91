// `node scripts/setup.mjs`: only sets up the workspace, for CI and the development container.
import { setUp } from "./workspace.mjs";

setUp();
