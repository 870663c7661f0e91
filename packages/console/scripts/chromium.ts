// Finds the Chromium for the browser tests. Run directly, it installs one on Debian-based systems if there is none. No browser
// comes from npm.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Environment variable with the path of the browser. */
export const VARIABLE = "HERON_TEST_CHROMIUM";

/** Timeouts: a first start on a cold disk, a package list, a download of 100 MB. */
const LONGEST = { start: 60_000, update: 180_000, install: 480_000 } as const;

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"] as const;

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => boolean;
  /** Whether the path is a browser that starts. */
  readonly starts: (path: string) => boolean;
}

const HERE: Machine = { platform: process.platform, env: process.env, exists: existsSync, starts };

/**
 * The path of a Chromium, Chrome or Edge.
 * @throws Error with instructions if no browser is installed
 */
export function chromiumPath(machine: Machine = HERE): string {
  const { env, exists } = machine;
  const named = env[VARIABLE];
  if (named !== undefined && named !== "") {
    if (exists(named)) return named;
    throw new Error(`${VARIABLE} says ${JSON.stringify(named)}, and there is no such file.`);
  }
  const found = candidates(machine).find((path) => exists(path) && machine.starts(path));
  if (found === undefined) throw new Error(howToInstall(machine.platform));
  return found;
}

function candidates({ platform, env }: Machine): readonly string[] {
  if (platform === "win32") {
    const folders = [env["ProgramFiles"], env["ProgramFiles(x86)"], env["LOCALAPPDATA"]];
    return folders.flatMap((folder) =>
      folder === undefined
        ? []
        : ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"].map(
            (file) => `${folder}\\${file}`,
          ),
    );
  }
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  if (platform !== "darwin") return [...onPath, "/snap/bin/chromium", "/opt/google/chrome/chrome"];
  const applications = ["Google Chrome", "Chromium", "Microsoft Edge"].flatMap((name) =>
    ["", env["HOME"] ?? ""].map((home) => `${home}/Applications/${name}.app/Contents/MacOS/${name}`),
  );
  return [...applications, ...onPath];
}

/** On Ubuntu, `chromium-browser` can be a script that only suggests a snap. On Windows, `--version` opens a window. */
function starts(path: string): boolean {
  if (process.platform === "win32") return true;
  return spawnSync(path, ["--version"], { stdio: "ignore", timeout: LONGEST.start }).status === 0;
}

/** Instructions for a manual installation. */
export function howToInstall(platform: NodeJS.Platform): string {
  const ways: Partial<Record<NodeJS.Platform, string>> = {
    darwin: "install Google Chrome, or `brew install --cask chromium`",
    win32: "install Google Chrome or Microsoft Edge",
  };
  const way = ways[platform] ?? "`apt-get install chromium` as root, or install Google Chrome";
  return [
    "The console's tests drive a real browser, and there is no Chromium, Chrome or Edge on this machine.",
    `Do one of these, and run them again: ${way};`,
    `or name the program that you have in the environment variable ${VARIABLE}, as in`,
    `  ${VARIABLE}=/path/to/chromium npm test`,
  ].join("\n");
}

/** Whether it can be installed without interaction: as root, with apt-get. */
function canInstall(): boolean {
  return (
    process.platform === "linux" &&
    process.getuid?.() === 0 &&
    spawnSync("apt-get", ["--version"], { stdio: "ignore" }).status === 0
  );
}

function install(): void {
  const apt = (args: readonly string[], timeout: number): void => {
    console.error(`apt-get ${args.join(" ")}`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const stdio = ["ignore", process.stderr, process.stderr] as const;
    const { status, error } = spawnSync("apt-get", args, { env, stdio: [...stdio], timeout });
    if (status !== 0) console.error(`It did not succeed: ${error?.message ?? `it ended with ${status}`}.`);
  };
  apt(["update"], LONGEST.update);
  apt(["install", "-y", "--no-install-recommends", "chromium"], LONGEST.install);
}

function ensured(): string {
  try {
    return chromiumPath();
  } catch (error) {
    if (process.env[VARIABLE] || !canInstall()) throw error;
    install();
    return chromiumPath();
  }
}

if (import.meta.main) {
  try {
    console.log(ensured());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
