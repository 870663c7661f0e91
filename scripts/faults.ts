// `pnpm faults`: runs the fault programs one after the other, and passes each the options that it takes.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const PROGRAMS = [
  { path: "packages/sender/test/faults/long.ts", takes: ["kills", "cuts", "seed"] },
  { path: "packages/postgres/test/faults/long-run.ts", takes: ["rounds", "seed"] },
] as const;

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    cuts: { type: "string" },
    rounds: { type: "string" },
    seed: { type: "string" },
  },
});
for (const { path, takes } of PROGRAMS) {
  const args = takes.flatMap((name) => (values[name] === undefined ? [] : [`--${name}`, values[name]]));
  const { status } = spawnSync(process.execPath, [path, ...args], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
