// `npm start`: sets the workspace up, then runs the main job. `npm start -- --once` ends when everything has arrived.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { env, nodeOfTheWorkspace, root, setUp } from "./workspace.mjs";

setUp();
console.error("• run examples/round-trip: events emitted, delivered, verified and handled");
const child = spawn(
  nodeOfTheWorkspace(),
  [join(root, "examples/round-trip/main.ts"), ...process.argv.slice(2)],
  {
    env,
    stdio: "inherit",
  },
);
// Ctrl-C reaches the child by itself; it ends its servers, and this process ends with it.
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
