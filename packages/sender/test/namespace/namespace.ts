import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { WIRE } from "./wire.ts";

/** The ways to a namespace with a network and mounts of its own, in the order in which they are tried. */
const WAYS: readonly (readonly string[])[] = [
  ["unshare", "-n", "-m"],
  ["unshare", "-U", "-r", "-n", "-m"],
  ["sudo", "-n", "unshare", "-n", "-m"],
];
/** Gives it loopback, and the name server of the test to all programs in it: "$1" is a folder with its files. */
const SETUP = `ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf &&
  { [ ! -e /etc/nsswitch.conf ] || mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf; } && shift && exec "$@"`;
const FILES = { "resolv.conf": "nameserver 127.0.0.1\n", "nsswitch.conf": "hosts: files dns\n" };

const isRequired =
  process.env["HERON_REQUIRE_NAMESPACES"] === "1" ||
  (process.platform === "linux" && Boolean(process.env["CI"]));

type Way = readonly string[];

/** Runs a program of this folder in a namespace of its own; resolves to the JSON that it prints. */
export type RunInNamespace = (program: string, ...args: string[]) => Promise<unknown>;

/**
 * Registers tests that need a network namespace, and perhaps a wire with a delay in it, if this machine has them. If it
 * does not, that is a failure where they are required (`HERON_REQUIRE_NAMESPACES=1`, and CI on Linux), and is said on
 * standard error elsewhere.
 */
export function describeInNamespace(
  title: string,
  needs: { readonly wire: boolean },
  register: (run: RunInNamespace) => void,
): void {
  const way = WAYS.find((candidate) => canRun(candidate, ["true"]));
  const hasWire = way !== undefined && (!needs.wire || canRun(way, ["python3", WIRE]));
  if (way !== undefined && hasWire) {
    describe(title, () => register((program, ...args) => run(way, program, args)));
    return;
  }
  const missing =
    way === undefined ? "network namespaces (unshare, ip)" : "TUN devices (/dev/net/tun, python3)";
  const message = `${title}: not run, for want of ${missing}`;
  if (!isRequired) process.stderr.write(`${message}\n`);
  test(`${title} (not run here)`, () => {
    if (isRequired) throw new Error(message);
  });
}

function canRun(way: Way, program: readonly string[]): boolean {
  const folder = ownFiles();
  try {
    const [command = "", ...args] = within(way, folder, program);
    return spawnSync(command, args, { stdio: "ignore", timeout: 20_000 }).status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function run(way: Way, program: string, programArgs: readonly string[]): Promise<unknown> {
  const folder = ownFiles();
  const path = fileURLToPath(new URL(program, import.meta.url));
  const [command = "", ...args] = within(way, folder, [process.execPath, path, ...programArgs]);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const printed = await text(child.stdout);
    return JSON.parse(printed);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
}

function ownFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), "heron-namespace-"));
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
  return folder;
}

function within(way: Way, folder: string, program: readonly string[]): readonly string[] {
  return [...way, "sh", "-c", SETUP, "sh", folder, ...program];
}
