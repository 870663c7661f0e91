import { describe, expect, test } from "vitest";
import { runScript } from "./run-script.ts";
import type { StepOptions, StepResult } from "./run-step.ts";

/** What there is to see of a script, but for what differs from run to run. */
async function seen(source: string, how: NonNullable<StepOptions["process"]>): Promise<object> {
  const { durationMs: _, ...step } = await runScript(source, { process: how });
  const text = JSON.stringify(step)
    .replace(/\/(runner|action)-\w{6}/g, "/$1-FOLDER")
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "UUID")
    .replace(/(main\.mjs)\?run=\d+/g, "$1")
    // What called the script is Node's.
    .replace(/(?:\\n {4}at [^\\]*node:internal[^\\]*)+/g, "");
  return JSON.parse(text) as object;
}

const reused = (source: string, options: StepOptions = {}): Promise<StepResult> =>
  runScript(source, { ...options, process: "reused" });

const prints = (...values: readonly string[]): string => `console.log(JSON.stringify([${values.join()}]));`;

/** Each is run after others, and after itself. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "changes the environment": `${prints("process.env.LEFT", "process.env.CI")} process.env.LEFT = "x"; delete process.env.CI;`,
  "leaves the workspace": `import { mkdirSync } from "node:fs"; ${prints("process.cwd()")} mkdirSync("in"); process.chdir("in");`,
  "sets an exit code": `${prints("process.exitCode")} process.exitCode = 3;`,
  "looks at its arguments": prints("process.argv"),
  "has a variable of its own at its top": `let n = 0; ${prints("++n")}`,
  "works on after its top": `setTimeout(() => { console.log("::notice::later"); process.exitCode = 5; }, 60);`,
  "prints bytes that are no text": `process.stdout.write(Buffer.from([0, 255, 10, 0, 97, 0]));`,
  "prints more than a pipe holds": `process.stdout.write("x".repeat(300_000) + "\\n"); process.stderr.write("y".repeat(300_000));`,
  "prints on both streams": `console.log("out"); await new Promise((done) => setTimeout(done, 60)); console.error("err");`,
};

/** Each ends the process that runs it, or leaves what the next must not find, by which it ends as well. */
const LAST_SCRIPTS: Readonly<Record<string, string>> = {
  "sets a global": `${prints("globalThis.left")} globalThis.left = 1;`,
  "listens to signals, and does not stop": `${prints("process.listenerCount('SIGINT')")} process.on("SIGINT", () => {});`,
  "listens to its end": `process.on("exit", (code) => console.log("ended with " + code)); process.exitCode = 4;`,
  "ends itself": `process.on("exit", () => console.log("ended")); console.log("::warning::bye"); process.exit(7);`,
  "is killed": `console.log("half a line"); process.stdout.write("and "); process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => {}, 1000));`,
  throws: "console.log('::notice::before'); throw new RangeError('at the top');",
  "throws later": "setTimeout(() => { throw new TypeError('late'); }, 20);",
  "does not parse": "const = ;",
};

describe("in a process that ran others before, as in one of its own, a script that", () => {
  test.each(Object.entries(SCRIPTS))("%s", async (_, source) => {
    const alone = await seen(source, "own");
    expect(await seen(source, "reused")).toEqual(alone);
    expect(await seen(source, "reused")).toEqual(alone);
  });

  test.each(Object.entries(LAST_SCRIPTS))("%s", async (_, source) => {
    const alone = await seen(source, "own");
    expect(await seen(source, "reused")).toEqual(alone);
    expect((await reused("")).exitCode).toBe(0);
  });
});

describe("a process that ran others before", () => {
  test("is used again, unless a script ended it", async () => {
    const pids = async (source: string): Promise<number> =>
      new Set([
        (await reused(source)).rawOutput,
        (await reused(source)).rawOutput,
        (await reused(source)).rawOutput,
      ]).size;
    // One is replaced now and then.
    expect(await pids("console.log(process.pid);")).toBeLessThan(3);
    expect(await pids("console.log(process.pid); process.exit();")).toBe(3);
  });

  test("ends for what is thrown and no error, though Node says it in other words", async () => {
    const source = "throw 'a text';";
    for (const step of [await runScript(source, { process: "own" }), await reused(source)]) {
      expect(step.exitCode).toBe(1);
      expect(step.rawOutput).toContain("a text");
    }
  });

  test("waits for a promise that never settles, which Node reports and exits for", async () => {
    const source = "await new Promise(() => {});";
    const [alone, after] = [await runScript(source, { process: "own" }), await reused(source)];
    expect([alone.exitCode, after.exitCode]).toEqual([13, 13]);
    for (const { rawOutput } of [alone, after])
      expect(rawOutput).toContain("Warning: Detected unsettled top-level await");
  });

  test("is ended at the limit, and the next step has another", async () => {
    await expect(reused("setInterval(() => {}, 1000);", { limit: 300 })).rejects.toThrow(
      "still running after 300 ms",
    );
    await expect(reused("for (;;);", { limit: 300 })).rejects.toThrow("still running after 300 ms");
    expect(await reused("console.log('next');")).toMatchObject({ exitCode: 0, rawOutput: "next\n" });
  });

  test("is there for each of several at once", async () => {
    const source =
      "console.log(process.env.INPUT_N); setTimeout(() => console.log(process.env.INPUT_N), 100);";
    const steps = [1, 2, 3, 4].map((n) => reused(source, { with: { n } }));
    const said = (await Promise.all(steps)).map(({ rawOutput }) => rawOutput);
    expect(said).toEqual(["1\n1\n", "2\n2\n", "3\n3\n", "4\n4\n"]);
  });
});
