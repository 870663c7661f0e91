import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { toStandardSecret, verify } from "@heron-webhooks/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RECEIVER_SNIPPETS, toUrlPath } from "../web/verify/snippets.ts";
import { TestConsole } from "./test-console.ts";

const python = ["/usr/bin/python3", "python3"].find((command) => {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

/** Commands that run the snippets. Go is omitted because it needs a compiler. */
const COMMANDS: readonly (readonly [language: string, file: string, command: string | undefined])[] = [
  ["express", "receiver.ts", process.execPath],
  ["fastify", "receiver.ts", process.execPath],
  ["python", "receiver.py", python],
];

interface Delivered {
  readonly body: Buffer;
  readonly headers: Record<string, string>;
  readonly secret: string;
}

/** Inside the package, so that imports resolve. */
const folder = mkdtempIn(join(import.meta.dirname, "..", ".readme"));
/** Real deliveries of an event and of a template. */
let event: Delivered;
let own: Delivered;

beforeAll(async () => {
  event = await delivered({});
  own = await delivered({ template: { amount: "{{ data.amount }}", note: "naïve ☃" } });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(COMMANDS)("the receiver for %s", (language, file, command) => {
  test.skipIf(command === undefined).each([
    [true, "an event"],
    [false, "a template"],
  ])("accepts only signed requests (%s: %s)", async (receivesEvents) => {
    const { body, headers, secret } = receivesEvents ? event : own;
    const code =
      RECEIVER_SNIPPETS.find(({ id }) => id === language)?.render({ path: "/hooks/in", receivesEvents }) ??
      "";
    const name = join(folder, `${language}-${receivesEvents}-${file}`);
    writeFileSync(name, code);
    await using receiver = await startReceiver(command ?? "", name, secret);
    const status = (changed: object, bytes: Buffer = body): Promise<number> =>
      receiver.post({ ...headers, ...changed }, bytes);
    const signature = headers["heron-signature"] ?? "";
    const invalidSignature = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    expect(await status({ "heron-signature": invalidSignature })).toBe(401);
    expect(await status({ "heron-signature": "ü" })).toBe(401);
    expect(await status({ "heron-signature": "" })).toBe(401);
    expect(await status({}, Buffer.from(body.toString().replace("12.5", "12.6")))).toBe(401);
    expect(await status({})).toBe(200);
  });
});

test("each language compares in constant time and reads the raw body", () => {
  const codes = RECEIVER_SNIPPETS.map(
    ({ id, render }) => [id, render({ path: "/", receivesEvents: false })] as const,
  );
  const expectedPatterns: Readonly<Record<string, readonly RegExp[]>> = {
    express: [/verify\(req\.body/, /express\.raw/],
    fastify: [/verify\(body/, /parseAs: "buffer"/],
    python: [/hmac\.compare_digest/, /self\.rfile\.read/],
    go: [/hmac\.Equal/, /io\.ReadAll/],
  };
  for (const [id, code] of codes)
    for (const proof of expectedPatterns[id] ?? [/none/]) expect(code).toMatch(proof);
});

test("both formats of a secret are the same key", async () => {
  const testConsole = await TestConsole.open();
  const id = await testConsole.createWebhook();
  const { body } = await testConsole.call("GET", `/webhooks/${id}/secrets`);
  await testConsole.close();
  const [{ secret, standard }] = body.secrets;
  expect([secret, standard]).toEqual([expect.stringMatching(/^sec_/), toStandardSecret(secret)]);
  expect(Buffer.from(standard.replace("whsec_", ""), "base64").toString()).toBe(secret);
});

test("the preview of an existing webhook verifies with its secret", async () => {
  const testConsole = await TestConsole.open();
  const id = await testConsole.createWebhook();
  const { body: response } = await testConsole.call("GET", `/webhooks/${id}/secrets`);
  const webhook = { url: "https://example.com/hooks", topic: "invoice.paid" };
  const { body } = await testConsole.call("POST", "/webhooks/preview", { webhook, id });
  await testConsole.close();
  const signature = Object.entries(body.headers as Record<string, string>).find(
    ([name]) => name.toLowerCase() === "heron-signature",
  )?.[1];
  expect(
    verify(Buffer.from(body.body), signature, response.secrets[0].secret, { rawBodyOnly: true }).form,
  ).toBe("raw");
});

test("a receiver listens on the path of the webhook's URL", () => {
  expect([toUrlPath("https://a.example/x/y?z=1"), toUrlPath("https://a.example"), toUrlPath("no")]).toEqual([
    "/x/y",
    "/",
    "/",
  ]);
});

/** Sends an event to a webhook with these fields. */
async function delivered(parts: object): Promise<Delivered> {
  const testConsole = await TestConsole.open();
  testConsole.sender.start();
  let arrived = (_: Omit<Delivered, "secret">): void => {};
  const firstRequest = new Promise<Omit<Delivered, "secret">>((resolve) => {
    arrived = resolve;
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { host: _h, connection: _c, "content-length": _l, ...headers } = request.headers;
      arrived({ body: Buffer.concat(chunks), headers: headers as Record<string, string> });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/in`;
  const id = await testConsole.createWebhook({ url, ...parts });
  await testConsole.sender.forAccount("ann").emit("invoice.paid", { amount: 12.5, note: "ü" });
  const { body, headers } = await firstRequest;
  const response = await testConsole.call("GET", `/webhooks/${id}/secrets`);
  await testConsole.close();
  server.close();
  return { body, headers, secret: response.body.secrets[0].secret };
}

interface Receiver extends AsyncDisposable {
  post(headers: Record<string, string>, body: Buffer): Promise<number>;
}

async function startReceiver(command: string, file: string, secret: string): Promise<Receiver> {
  const port = await freePort();
  const child = spawn(command, [file], {
    env: { PORT: String(port), HERON_WEBHOOK_SECRET: secret, PATH: process.env["PATH"] },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const url = `http://127.0.0.1:${port}/hooks/in`;
  for (let i = 0; ; i++) {
    if (child.exitCode !== null || i === 250) throw new Error(`the receiver does not listen: ${output}`);
    if (await fetch(url).catch(() => null)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    async post(headers, body) {
      const sent = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")]),
      );
      const response = await fetch(url, { method: "POST", headers: sent, body: new Uint8Array(body) });
      await response.arrayBuffer();
      return response.status;
    },
    [Symbol.asyncDispose]: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function mkdtempIn(parent: string): string {
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, "snippets-"));
}
