import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { WIRE } from "./wire.ts";

/** Commands that start a program in new network and mount namespaces. The first that works here is used. */
const WAYS: readonly (readonly string[])[] = [
  ["unshare", "-n", "-m"],
  ["unshare", "-U", "-r", "-n", "-m"],
  ["sudo", "-n", "unshare", "-n", "-m"],
];
/** Starts loopback, and makes the name server of the test that of all programs: "$1" is the folder with its files. */
const SETUP = `ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf &&
  { [ ! -e /etc/nsswitch.conf ] || mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf; } && shift && exec "$@"`;
const FILES = { "resolv.conf": "nameserver 127.0.0.1\n", "nsswitch.conf": "hosts: files dns\n" };

const isRequired =
  process.env["HERON_REQUIRE_NAMESPACES"] === "1" ||
  (process.platform === "linux" && Boolean(process.env["CI"]));

type Way = readonly string[];

/** Runs a program of this folder in a new namespace; resolves to the JSON that it prints, and rejects with its standard error. */
export type RunInNamespace = (program: string, ...args: string[]) => Promise<unknown>;

/**
 * Registers tests that need a network namespace and, with `needs.wire`, a TUN device that delays packets. On a machine without
 * them, the tests fail if they are required (`HERON_REQUIRE_NAMESPACES=1`, or CI on Linux); otherwise a line on standard error
 * says that they did not run.
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
  const message = `${title}: not run: this machine has no ${missing}`;
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
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  try {
    const [printed, errors, [code, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}:\n${errors}`);
    return JSON.parse(printed);
  } finally {
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
