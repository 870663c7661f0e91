// `node scripts/setup.mjs`: sets the workspace up and does nothing else, for CI and the development container.
import { setUp } from "./workspace.mjs";

setUp();
