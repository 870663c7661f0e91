// Runs the stages of a check as processes, and says at the end how long each took.
import { spawn } from "node:child_process";
import { setTimeout as after } from "node:timers/promises";
import { env, root } from "./workspace.mjs";

const isWindows = process.platform === "win32";
/** What was told to end has so long before it is killed, in milliseconds. */
const GRACE = 5000;
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Stages of which the first that fails ends those that run beside it, and this process. */
export class Stages {
  #began = performance.now();
  /** What has ended, in that order. */
  #rows = [];
  #running = new Set();
  #isOver = false;

  constructor() {
    for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => void this.#stop(code));
  }

  /** A stage that this process runs by itself. */
  here(name, run) {
    const began = performance.now();
    run();
    this.#rows.push([name, performance.now() - began, "✓"]);
  }

  /**
   * Resolves once the command has succeeded. What it prints is shown when it fails, so that stages beside each other do
   * not mix; with `isShown`, as it comes.
   */
  async run(name, command, args, { isShown = false, env: more = {}, cwd = root } = {}) {
    if (this.#isOver) return;
    const began = performance.now();
    console.error(`• ${name}`);
    const child = spawn(command, args, {
      cwd,
      env: { ...env, ...more },
      stdio: ["ignore", isShown ? process.stderr : "pipe", isShown ? process.stderr : "pipe"],
      shell: isWindows,
      // A group of its own, so that what it starts can be ended with it.
      detached: !isWindows,
    });
    this.#running.add(child);
    const printed = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => printed.push(data));
    const ended = await new Promise((resolve) => {
      child.on("error", ({ message }) => resolve(message));
      child.on("close", (code, signal) => resolve(code === 0 ? null : `ended with ${code ?? signal}`));
    });
    this.#running.delete(child);
    if (this.#isOver) return;
    const ms = performance.now() - began;
    this.#rows.push([name, ms, ended === null ? "✓" : "✗"]);
    if (ended === null) return console.error(`✓ ${name}, ${seconds(ms)}`);
    process.stderr.write(`\n${Buffer.concat(printed)}`);
    console.error(`✗ ${name}: ${ended}`);
    await this.#stop(1);
  }

  /** Says how long everything took. */
  end() {
    if (this.#isOver) return;
    this.#print();
    console.error(`✓ all passed in ${seconds(performance.now() - this.#began)}`);
  }

  async #stop(code) {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const child of this.#running) end(child, "SIGTERM");
    const until = performance.now() + GRACE;
    while (this.#running.size > 0 && performance.now() < until) await after(20);
    for (const child of this.#running) end(child, "SIGKILL");
    this.#print();
    process.exit(code);
  }

  #print() {
    const width = Math.max(...this.#rows.map(([name]) => name.length));
    const lines = this.#rows.map(
      ([name, ms, mark]) => `  ${mark} ${name.padEnd(width)} ${seconds(ms).padStart(8)}`,
    );
    console.error(["", ...lines, ""].join("\n"));
  }
}

/** Ends a child and what it has started. */
function end(child, signal) {
  try {
    if (isWindows) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
