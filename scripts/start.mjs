// `npm start`: sets up the workspace, then runs the round-trip example. `npm start -- --once` ends when every event is delivered.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { env, nodeOfTheWorkspace, root, setUp } from "./workspace.mjs";

setUp();
console.error("• run examples/round-trip: emit, deliver, verify and handle events");
const child = spawn(
  nodeOfTheWorkspace(),
  [join(root, "examples/round-trip/main.ts"), ...process.argv.slice(2)],
  {
    env,
    stdio: "inherit",
  },
);
// The terminal sends Ctrl-C to the child as well. The child closes its servers, and this process exits after it.
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
