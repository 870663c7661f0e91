import { type ChildProcess, fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendRequest } from "./http.ts";
import { RawConnection } from "./raw-connection.ts";
import { createEventBody, createSignedPost, PATH, SECRET, signBody } from "./signed-request.ts";
import type { Usage } from "./usage-reporter.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const FLOOD_BYTES = 64 * MIB;
const BODY_LIMIT_BYTES = MIB;
/** Node's read size. Node reads one or two chunks ahead, and as many again until it closes. */
const READ_BYTES = 64 * KIB;
const READ_AHEAD_BYTES = 4 * READ_BYTES;

interface OversizedBody {
  readonly name: string;
  readonly signature: string | null;
  readonly isChunked: boolean;
  readonly status: number;
  /** The most body bytes that may be read. */
  readonly maxBytesRead: number;
}

const malformed = "sha256=0000";
const wrong = signBody("another body");

const oversizedBodies: readonly OversizedBody[] = [
  { name: "declared, unsigned", signature: null, isChunked: false, status: 413, maxBytesRead: 0 },
  {
    name: "declared, malformed signature",
    signature: malformed,
    isChunked: false,
    status: 413,
    maxBytesRead: 0,
  },
  { name: "declared, wrong signature", signature: wrong, isChunked: false, status: 413, maxBytesRead: 0 },
  {
    name: "declared, valid signature",
    signature: signZeros(),
    isChunked: false,
    status: 413,
    maxBytesRead: 0,
  },
  { name: "in chunks, unsigned", signature: null, isChunked: true, status: 401, maxBytesRead: 0 },
  {
    name: "in chunks, malformed signature",
    signature: malformed,
    isChunked: true,
    status: 401,
    maxBytesRead: 0,
  },
  {
    name: "in chunks, wrong signature",
    signature: wrong,
    isChunked: true,
    status: 413,
    maxBytesRead: BODY_LIMIT_BYTES,
  },
];

/**
 * Sends bodies of 64 MiB to a server in its own process, started by `file` with `reportUsage`. Its receiver has `SECRET`
 * and a limit of 1 MiB: it must neither read nor keep more.
 */
export function testMemory(name: string, file: URL, args: readonly string[] = []): void {
  describe(`${name} and bodies of 64 MiB`, () => {
    let child: ChildProcess;
    let port: number;

    beforeAll(async () => {
      child = fork(file, args, { execArgv: [], env: { ...process.env, HERON_WEBHOOK_SECRET: SECRET } });
      [port] = (await once(child, "message")) as [number];
      // Exclude the memory of the process's start.
      for (let i = 0; i < 50; i++) await sendRequest(port, createSignedPost());
      for (let i = 0; i < 3; i++)
        await sendRequest(
          port,
          createSignedPost(createEventBody({ data: "x".repeat(BODY_LIMIT_BYTES / 2) })),
        );
    });
    afterAll(async () => {
      child.kill("SIGKILL");
      await once(child, "close");
    });

    const usage = async (): Promise<Usage> => {
      child.send("usage");
      const [answer] = (await once(child, "message")) as [Usage];
      return answer;
    };

    for (const oversizedBody of oversizedBodies)
      test(oversizedBody.name, async () => {
        const before = await usage();
        await sendBody(port, oversizedBody);
        let after = await usage();
        // The server's close is in flight.
        while (after.bytesRead.length === before.bytesRead.length) after = await usage();
        expect(after.statuses.at(-1)).toBe(oversizedBody.status);
        expect(after.bytesRead.at(-1)).toBeLessThanOrEqual(oversizedBody.maxBytesRead + READ_AHEAD_BYTES);
        expect(after.peakBytes - before.currentBytes).toBeLessThan(8 * MIB);
        expect(await sendRequest(port, createSignedPost())).toMatchObject({ status: 200 });
      });
  });
}

/**
 * The server reports its responses: closing with unread bytes resets the connection, which can overtake the response to
 * a client that is still writing.
 */
async function sendBody(port: number, { signature, isChunked }: OversizedBody): Promise<void> {
  await using connection = await RawConnection.open(port);
  const frame = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${FLOOD_BYTES}`;
  const signed = signature === null ? "" : `Heron-Signature: ${signature}\r\n`;
  connection.write(`POST ${PATH} HTTP/1.1\r\nHost: localhost\r\n${signed}${frame}\r\n\r\n`);
  const zeros = Buffer.alloc(READ_BYTES);
  const piece = isChunked ? Buffer.concat([Buffer.from("10000\r\n"), zeros, Buffer.from("\r\n")]) : zeros;
  const sent = await connection.writeUntilResponse(piece, FLOOD_BYTES / READ_BYTES);
  expect(sent).toBeLessThan(FLOOD_BYTES);
  await connection.waitForEnd();
}

function signZeros(): string {
  const mac = createHmac("sha256", SECRET);
  const zeros = Buffer.alloc(MIB);
  for (let sent = 0; sent < FLOOD_BYTES; sent += MIB) mac.update(zeros);
  return mac.digest("base64");
}
