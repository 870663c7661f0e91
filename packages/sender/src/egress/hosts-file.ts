import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";

const SYSTEM_PATH =
  process.platform === "win32"
    ? join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", "drivers", "etc", "hosts")
    : "/etc/hosts";
const CHECK_INTERVAL_MS = 2000;

/** The addresses by name, lower case. Lines that cannot be read are ignored, as the system does. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of new Set(names.map((given) => given.toLowerCase().replace(/\.$/, "")))) {
      const addresses = hosts.get(name);
      if (addresses === undefined) hosts.set(name, [address]);
      else if (!addresses.includes(address)) addresses.push(address);
    }
  }
  return hosts;
}

/**
 * The system's hosts file, read again when it has changed. Synchronous on purpose: Node's asynchronous file calls share
 * the thread pool with `dns.lookup`, and would wait behind look-ups of the application.
 */
export class HostsFile {
  readonly #path: string;
  #hosts: ReadonlyMap<string, readonly string[]> = new Map();
  #version = "";
  #checkAt = Number.NEGATIVE_INFINITY;

  constructor(path: string = SYSTEM_PATH) {
    this.#path = path;
  }

  /** The addresses of a name; undefined if the file does not have it. */
  get(name: string): readonly string[] | undefined {
    const now = performance.now();
    if (now >= this.#checkAt) {
      this.#checkAt = now + CHECK_INTERVAL_MS;
      this.#load();
    }
    return this.#hosts.get(name);
  }

  #load(): void {
    try {
      const { mtimeMs, size, ino } = statSync(this.#path);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (version === this.#version) return;
      this.#hosts = parseHosts(readFileSync(this.#path, "utf8"));
      this.#version = version;
    } catch {
      // No file, no names: containers without one are common.
      this.#hosts = new Map();
      this.#version = "";
    }
  }
}
