import { type ChildProcess, fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { request } from "./http.ts";
import type { Usage } from "./measured.ts";
import { RawConnection } from "./raw.ts";
import { eventBody, PATH, SECRET, signatureOf, signedPost } from "./signed.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const LARGE = 64 * MIB;
const LIMIT = MIB;
/** Node reads a connection by as much at a time; it is ahead by one or two reads, and by as many until it closes. */
const ONE_READ = 64 * KIB;
const AHEAD = 4 * ONE_READ;

interface Flood {
  readonly name: string;
  readonly signature: string | null;
  readonly chunked: boolean;
  readonly status: number;
  /** How many bytes of the body may be read. */
  readonly read: number;
}

const malformed = "sha256=0000";
const wrong = signatureOf("another body");

const floods: readonly Flood[] = [
  { name: "declared, unsigned", signature: null, chunked: false, status: 413, read: 0 },
  { name: "declared, malformed signature", signature: malformed, chunked: false, status: 413, read: 0 },
  { name: "declared, wrong signature", signature: wrong, chunked: false, status: 413, read: 0 },
  { name: "declared, valid signature", signature: signatureOfZeros(), chunked: false, status: 413, read: 0 },
  { name: "in chunks, unsigned", signature: null, chunked: true, status: 401, read: 0 },
  { name: "in chunks, malformed signature", signature: malformed, chunked: true, status: 401, read: 0 },
  { name: "in chunks, wrong signature", signature: wrong, chunked: true, status: 413, read: LIMIT },
];

/**
 * Sends bodies of 64 MiB to a server of its own process, which `file` starts with `reportUsage`, its receiver under
 * `SECRET` and a limit of 1 MiB: what is over the limit is neither read nor kept.
 */
export function memorySuite(name: string, file: URL, args: readonly string[] = []): void {
  describe(`${name} and bodies of 64 MiB`, () => {
    let child: ChildProcess;
    let port: number;

    beforeAll(async () => {
      child = fork(file, args, { execArgv: [], env: { ...process.env, HERON_WEBHOOK_SECRET: SECRET } });
      [port] = (await once(child, "message")) as [number];
      // What a process needs to be under way is not the flood's.
      for (let i = 0; i < 50; i++) await request(port, signedPost());
      for (let i = 0; i < 3; i++) await request(port, signedPost(eventBody({ data: "x".repeat(LIMIT / 2) })));
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

    for (const flood of floods)
      test(flood.name, async () => {
        const before = await usage();
        await send(port, flood);
        let after = await usage();
        // The other end's close is on its way.
        while (after.read.length === before.read.length) after = await usage();
        expect(after.statuses.at(-1)).toBe(flood.status);
        expect(after.read.at(-1)).toBeLessThanOrEqual(flood.read + AHEAD);
        expect(after.peak - before.now).toBeLessThan(8 * MIB);
        expect(await request(port, signedPost())).toMatchObject({ status: 200 });
      });
  });
}

/**
 * What is answered is asked of the server: closing with bytes unread resets the connection, and that may overtake the
 * reply on its way to a sender who is still writing.
 */
async function send(port: number, { signature, chunked }: Flood): Promise<void> {
  await using connection = await RawConnection.open(port);
  const frame = chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${LARGE}`;
  const signed = signature === null ? "" : `Heron-Signature: ${signature}\r\n`;
  connection.write(`POST ${PATH} HTTP/1.1\r\nHost: localhost\r\n${signed}${frame}\r\n\r\n`);
  const zeros = Buffer.alloc(ONE_READ);
  const piece = chunked ? Buffer.concat([Buffer.from("10000\r\n"), zeros, Buffer.from("\r\n")]) : zeros;
  const sent = await connection.pour(piece, LARGE / ONE_READ);
  expect(sent).toBeLessThan(LARGE);
  await connection.ended();
}

function signatureOfZeros(): string {
  const mac = createHmac("sha256", SECRET);
  const zeros = Buffer.alloc(MIB);
  for (let sent = 0; sent < LARGE; sent += MIB) mac.update(zeros);
  return mac.digest("base64");
}
