import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A wire with a delay. */
export const WIRE: string = fileURLToPath(new URL("wire.py", import.meta.url));

/** Makes the wire for the rest of this process, which runs in a namespace. Each end is an address of `wire.py`. */
export async function layWire(ends: readonly string[], addresses: readonly string[]): Promise<void> {
  const wire = spawn("python3", [WIRE, ...ends], { stdio: ["pipe", "pipe", "inherit"] });
  await once(wire.stdout, "data");
  runIp("link", "set", "wire0", "up");
  for (const address of addresses) addAddress(address, "wire0");
  // It ends with this process, whose pipe it reads.
  for (const handle of [wire, wire.stdin, wire.stdout]) (handle as { unref?: () => void }).unref?.();
}

/** Gives an address to a device of the namespace that this process runs in. */
export function addAddress(address: string, device: string): void {
  runIp("addr", "add", address, "dev", device, ...(address.includes(":") ? ["nodad"] : []));
}

function runIp(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}
