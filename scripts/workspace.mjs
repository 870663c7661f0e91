// Sets the workspace up on a machine that has only Node 20 and npm: pnpm into .tools, then every package.
// Plain JavaScript, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const tools = join(root, ".tools");
const pnpmVersion = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager.split("@")[1];

// npm hands its own settings down as npm_*; pnpm would read them as its own.
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|config_(prefix|local_prefix|global_prefix))/i.test(name),
  ),
);
const path = [join(root, "node_modules/.bin"), join(tools, "node_modules/.bin"), process.env.PATH].join(
  delimiter,
);
/**
 * The environment in which the workspace's own Node and tools come first. What they compile is kept: they, and the many
 * processes that tests start, begin in half the time.
 */
export const env = {
  ...inherited,
  PATH: path,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules/.cache/compile"),
};

/** The Node that the packages are developed and tested with; the one that runs npm may be older. */
export function nodeOfTheWorkspace() {
  return join(root, "node_modules/.bin", process.platform === "win32" ? "node.exe" : "node");
}

/** Says what it does, does it, and ends this process with its status if it fails. */
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

/** Installs pnpm (once) and the workspace's packages, Node 24 among them, exactly as the lockfile says. */
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
  // Its page is made into source, which the types and the tests need.
  step("build the console's page (vite)", nodeOfTheWorkspace(), ["packages/console/scripts/embed.ts"], {
    quiet: true,
  });
}

/** What to give to pnpm to build every package but those that are left out, by a filter of pnpm's. */
export function buildArguments(...leftOut) {
  const filters = ["./packages/*", ...leftOut].flatMap((filter) => ["--filter", filter]);
  // A build reads the source of other packages, not what they were built to: their order does not matter.
  return ["--recursive", "--no-sort", ...filters, "build"];
}
