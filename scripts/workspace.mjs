// Sets up the workspace on a machine that has only Node 20 and npm: installs pnpm into .tools, then every package.
// Plain JavaScript, because Node 20 cannot run TypeScript.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const tools = join(root, ".tools");
const pnpmVersion = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager.split("@")[1];

// npm passes its settings to scripts as npm_*, and pnpm would apply them.
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|config_(prefix|local_prefix|global_prefix))/i.test(name),
  ),
);
const path = [join(root, "node_modules/.bin"), join(tools, "node_modules/.bin"), process.env.PATH].join(
  delimiter,
);
/**
 * The environment in which the workspace's own Node and tools come first. Its compile cache halves the start of the tools and
 * of the many processes that tests start.
 */
export const env = {
  ...inherited,
  PATH: path,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules/.cache/compile"),
};

/** The Node 24 of the workspace. The Node that runs npm may be older. */
export function nodeOfTheWorkspace() {
  return join(root, "node_modules/.bin", process.platform === "win32" ? "node.exe" : "node");
}

/** Prints what it does and runs the command; if that fails, exits with its status. */
export function step(what, command, args, { quiet = false } = {}) {
  const began = performance.now();
  console.error(`\u2022 ${what}`);
  const done = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", process.stderr, process.stderr],
    shell: process.platform === "win32",
  });
  if (done.error !== undefined || done.status !== 0) {
    if (quiet) process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}`);
    console.error(`\u2717 ${what}: ${done.error?.message ?? `ended with ${done.status ?? done.signal}`}`);
    process.exit(done.status || 1);
  }
  console.error(`  done in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** Installs pnpm (once) and the packages of the lockfile, which include Node 24. */
export function setUp() {
  const pnpm = join(tools, "node_modules/pnpm/package.json");
  if (!existsSync(pnpm) || JSON.parse(readFileSync(pnpm, "utf8")).version !== pnpmVersion) {
    const flags = ["--no-audit", "--no-fund", "--no-save", "--loglevel=error"];
    step(
      `install pnpm ${pnpmVersion} into .tools`,
      "npm",
      ["install", "--prefix", tools, ...flags, `pnpm@${pnpmVersion}`],
      { quiet: true },
    );
  }
  step(
    "install the workspace's packages",
    "pnpm",
    ["install", "--frozen-lockfile", "--reporter=append-only"],
    { quiet: true },
  );
  // The page is embedded in a source file, which type checks and tests need.
  step("build the console's page (vite)", nodeOfTheWorkspace(), ["packages/console/scripts/embed.ts"], {
    quiet: true,
  });
}

/** The arguments of `pnpm` that build every package, restricted by pnpm's filters such as `!./packages/action`. */
export function buildArguments(...restrictions) {
  const filters = ["./packages/*", ...restrictions].flatMap((filter) => ["--filter", filter]);
  // Builds read the source of other packages, not their output, so the order does not matter.
  return ["--recursive", "--no-sort", ...filters, "build"];
}
