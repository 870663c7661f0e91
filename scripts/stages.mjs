// Runs the stages of a check as processes, and prints how long each took.
import { spawn } from "node:child_process";
import { setTimeout as after } from "node:timers/promises";
import { env, root } from "./workspace.mjs";

const isWindows = process.platform === "win32";
/** The time between SIGTERM and SIGKILL. */
const GRACE_MS = 5000;
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Stages that may run at the same time. The first that fails stops the others and ends this process. */
export class Stages {
  #began = performance.now();
  /** The stages that have ended, in the order of their ends. */
  #rows = [];
  #running = new Set();
  #isOver = false;

  constructor() {
    for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => void this.#stop(code));
  }

  /** Runs a stage in this process. */
  runInProcess(name, run) {
    const began = performance.now();
    run();
    this.#rows.push([name, performance.now() - began, "✓"]);
  }

  /**
   * Runs a command, and resolves when it succeeds. Its output is shown only if it fails, so that the output of concurrent
   * stages does not mix; with `isShown`, it is shown at once.
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
      // Its own process group, so that its children can be ended with it.
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

  /** Prints the time of every stage. */
  end() {
    if (this.#isOver) return;
    this.#print();
    console.error(`✓ all passed in ${seconds(performance.now() - this.#began)}`);
  }

  async #stop(code) {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const child of this.#running) end(child, "SIGTERM");
    const until = performance.now() + GRACE_MS;
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

/** Sends a signal to a child and its children. */
function end(child, signal) {
  try {
    if (isWindows) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has already exited.
  }
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
