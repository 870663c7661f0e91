import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { TSC } from "@heron-webhooks/conformance";
import { signedRequest } from "@heron-webhooks/core/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const secret = "sec_readme_0123456789abcdef";

interface Block {
  readonly line: number;
  readonly code: string;
  readonly file: string;
}

/** Type-checks the `ts` blocks of a page together, and runs each in a process of its own, as a reader would. */
export function pageRuns(page: string, environment: () => NodeJS.ProcessEnv = () => ({})): void {
  const scratch = join(here, ".readme", page.replaceAll("/", "-"));
  const blocks = blocksOf(readFileSync(join(here, "../..", page), "utf8"), scratch);

  beforeAll(() => {
    mkdirSync(scratch, { recursive: true });
    for (const { file, code } of blocks) writeFileSync(file, `${code}\nexport {};\n`);
    // Named one by one, since tsc's patterns pass over folders whose name begins with a dot.
    const tsconfig = {
      extends: "../../../../tsconfig.json",
      include: [],
      files: blocks.map(({ file }) => file),
      compilerOptions: { declaration: false, isolatedDeclarations: false },
    };
    writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(tsconfig));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test("it has blocks to run", () => expect(blocks.length).toBeGreaterThan(0));

  test("its blocks type-check", async () => {
    await promisify(execFile)(process.execPath, [TSC, "-p", scratch]).catch(
      (error: Error & { stdout: string }) => {
        throw new Error(error.stdout || error.message);
      },
    );
  }, 60_000);

  test.each(blocks)(
    "the block on line $line does what it says",
    (block) => runs(block, environment()),
    30_000,
  );
}

function blocksOf(markdown: string, scratch: string): readonly Block[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((found) => {
    const line = markdown.slice(0, found.index).split("\n").length;
    return { line, code: found[1] ?? "", file: join(scratch, `line-${line}.ts`) };
  });
}

/**
 * A block that listens is sent an event, which it must accept, and then SIGTERM; one that ends, or says what it prints, must
 * print that and end by itself.
 */
async function runs({ code, file }: Block, environment: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, ["--import", anyPort, file], {
    env: { ...process.env, HERON_WEBHOOK_SECRET: secret, ...environment },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = Promise.all([text(child.stdout as Readable), text(child.stderr as Readable)]);
  const promised = [...code.matchAll(/\/\/ → (.*)$/gm)].map((match) => `${match[1]}\n`).join("");
  if (!/\.listen\(/.test(code) || promised !== "") {
    await once(child, "exit");
    expect(await output).toEqual([promised, ""]);
    return;
  }
  const event = {
    topic: "end_user.processed",
    data: { heron_id: "eus_1", end_user_id: "acme", status: "processed" },
  };
  const path = /"(\/[\w/:]*heron)"/.exec(code)?.[1] ?? "/webhooks/heron";
  const key = code.includes("sec_new") ? "sec_new" : secret;
  const url = `http://127.0.0.1:${await portOf(child)}${path.replace(":customer", "acme")}`;
  const reply = await fetch(url, signedRequest(event, key));
  // One that says how it ends must end by itself.
  const ends = code.includes('"SIGTERM"');
  child.kill(ends ? "SIGTERM" : "SIGKILL");
  const [[exitCode], [printed, complaints]] = await Promise.all([once(child, "exit"), output]);
  expect(exitCode).toBe(ends ? 0 : null);
  expect({ status: reply.status, complaints }).toEqual({
    status: expect.toBeOneOf([200, 204]),
    complaints: "",
  });
  // Every block that handles this topic shows something of it.
  expect(printed).toMatch(/end_user|acme|eus_1/);
}

async function portOf(child: ChildProcess): Promise<string> {
  const [port] = (await Promise.race([
    once(child.stdio[3] as Readable, "data"),
    once(child, "exit").then(() => []),
  ])) as unknown[];
  if (port === undefined) throw new Error(await text(child.stderr as Readable));
  return String(port);
}

/** Loaded before the block: whatever port it asks for, it gets a free one, and says which on descriptor 3. */
const anyPort = `data:text/javascript,${encodeURIComponent(`
import { writeSync } from "node:fs";
import { Server } from "node:net";
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  this.once("listening", () => writeSync(3, String(this.address().port)));
  return listen.call(this, typeof port === "object" ? { ...port, port: 0 } : 0, ...rest);
};`)}`;
