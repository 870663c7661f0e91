import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { CancelWaits } from "./child.ts";
import { runScript } from "./run-script.ts";
import type { StepResult } from "./run-step.ts";

/** Of the signal that is to end the script, more than it can need; of one that is not, little. */
const enough = 20_000;
const waits = { interrupt: enough, terminate: enough };
const forever = "setInterval(() => {}, 1000);";

/** Cancels a script when it says that it is ready. */
async function cancelled(source: string, cancelWaits: CancelWaits = waits): Promise<StepResult> {
  const controller = new AbortController();
  return await runScript(`${source}\nconsole.log("ready");`, {
    signal: controller.signal,
    cancelWaits,
    onLine: (line) => line === "ready" && controller.abort(),
  });
}

describe.skipIf(process.platform === "win32")("cancelling", () => {
  test("lets the step end itself at SIGINT, and keeps what it still says", async () => {
    const result = await cancelled(`
      import { appendFileSync } from "node:fs";
      ${forever}
      process.on("SIGINT", () => {
        console.log("::warning::interrupted");
        appendFileSync(process.env.GITHUB_OUTPUT, "ok=false\\n");
        process.exit(0);
      });`);
    expect(result).toMatchObject({
      conclusion: "cancelled",
      exitCode: 0,
      outputs: { ok: "false" },
      annotations: [
        { level: "warning", message: "interrupted" },
        { level: "error", message: "The operation was canceled." },
      ],
    });
    expect(result.durationMs).toBeLessThan(enough);
  });

  test("without a listener, the signal ends it", async () => {
    expect(await cancelled(forever)).toMatchObject({ conclusion: "cancelled", exitCode: 130 });
  });

  test("sends SIGTERM to one that ignores SIGINT", async () => {
    const result = await cancelled(
      `
      ${forever}
      process.on("SIGINT", () => console.log("int"));
      process.on("SIGTERM", () => { console.log("term"); process.exit(7); });`,
      { interrupt: 250, terminate: enough },
    );
    expect(result).toMatchObject({ conclusion: "cancelled", exitCode: 7 });
    expect(result.log).toMatch(/ready\nint\nterm\n/);
  });

  test("kills one that ignores both, and all that it started", async () => {
    const result = await cancelled(
      `
      import { spawn } from "node:child_process";
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
      ${forever}
      console.log("child " + child.pid);
      process.on("SIGINT", () => console.log("int"));
      process.on("SIGTERM", () => console.log("term"));`,
      { interrupt: 250, terminate: 250 },
    );
    expect(result).toMatchObject({ conclusion: "cancelled", exitCode: 137 });
    const pid = Number(/child (\d+)/.exec(result.log)?.[1]);
    expect(isAlive(pid)).toBe(false);
  });

  test("by the clock, and before anything is there to be cancelled", async () => {
    expect(await runScript(forever, { cancelAfter: 100, cancelWaits: waits })).toMatchObject({
      conclusion: "cancelled",
    });
    expect(await runScript(forever, { signal: AbortSignal.abort(), cancelWaits: waits })).toMatchObject({
      conclusion: "cancelled",
    });
  });

  test("a step that was over before is not cancelled", async () => {
    const controller = new AbortController();
    const result = await runScript("", { signal: controller.signal });
    controller.abort();
    expect(result.conclusion).toBe("success");
  });
});

describe("the end of a step", () => {
  test("does not wait long for what holds its streams open", async () => {
    const result = await runScript(
      `import { spawn } from "node:child_process";
      spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
      console.log(Date.now());
      process.exit(0);`,
      { drain: 100 },
    );
    expect(result.conclusion).toBe("success");
    // The runner's own is 5 s.
    expect(Date.now() - Number(result.rawOutput)).toBeLessThan(4500);
  });

  test("comes at the limit", async () => {
    await expect(runScript(forever, { limit: 200 })).rejects.toThrow("still running after 200 ms");
    const controller = new AbortController();
    const stopped = runScript(`process.on("SIGINT", () => {}); ${forever} console.log("ready");`, {
      limit: 2000,
      signal: controller.signal,
      cancelWaits: waits,
      onLine: () => controller.abort(),
    });
    await expect(stopped).rejects.toThrow("still running after 2000 ms");
  });

  test("nothing can be read from standard input", async () => {
    const { log } = await runScript("process.stdin.on('end', () => console.log('ended')).resume();", {
      process: "own",
    });
    expect(log).toContain("ended");
  });
});

/** A process that has ended and has not been waited for is not alive, though there still is one of its id. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
