/**
 * Runs files one after the other, each as if it had the process for itself. A file's run is over when nothing is left
 * that would keep its process alive, as without this.
 *
 * Two things are not undone, which the Action has nothing to do with: standard input, of which only the first file sees
 * the end, and what would not have kept the process alive, such as a timer without a reference, which goes on.
 * @module
 */
import http from "node:http";
import https from "node:https";
import { pathToFileURL } from "node:url";

/** What the parent sends: a file to run, and how. */
export interface Run {
  readonly file: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What ends both streams, followed by the exit code. */
  readonly marker: string;
}

const home = process.cwd();
let runs = 0;
let current: { readonly marker: string; loaded: boolean } | null = null;

process.on("message", ({ file, cwd, env, marker }: Run) => {
  const run = { marker, loaded: false };
  current = run;
  // From here on, what the file does is all that keeps the process alive.
  process.channel?.unref();
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv[1] = file;
  // A query makes it another module, which is evaluated again. What it throws ends the process.
  void import(`${pathToFileURL(file).href}?run=${++runs}`).then(() => {
    run.loaded = true;
  });
});

// Exit without the parent.
process.on("disconnect", () => process.exit());

process.on("beforeExit", () => {
  if (current === null) return;
  if (!current.loaded) {
    console.error("Warning: Detected unsettled top-level await");
    process.exit(13);
  }
  // Then it is this process that ends.
  if (traces() !== ownTraces) return;
  const end = `${current.marker}${process.exitCode ?? 0}\n`;
  process.exitCode = undefined;
  current = null;
  // The folder may be removed, and open connections belong to the run.
  process.chdir(home);
  http.globalAgent.destroy();
  https.globalAgent.destroy();
  // It keeps sessions of TLS, too.
  https.globalAgent = new https.Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
  process.channel?.ref();
  process.stdout.write(end);
  process.stderr.write(end);
});

const ownTraces = traces();

/** What a file may leave for good, which the next must not find. */
function traces(): string {
  const listeners = process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`);
  return [...listeners, ...Reflect.ownKeys(globalThis).map(String)].sort().join();
}
