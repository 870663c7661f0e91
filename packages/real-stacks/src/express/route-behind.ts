import { createHash } from "node:crypto";
import type { Request, RequestHandler } from "express";
import { getHeader, type Recorder } from "../recorder.ts";
import { FAIL_HEADER } from "../requests.ts";

/** The `request.body` of a route: its kind, and a hash of it as bytes, text or compact JSON. */
export interface DescribedBody {
  readonly kind: "none" | "bytes" | "text" | "object";
  readonly sha?: string;
}

export function describeBody(body: unknown): DescribedBody {
  if (body === undefined) return { kind: "none" };
  const kind = Buffer.isBuffer(body) ? "bytes" : typeof body === "string" ? "text" : "object";
  const bytes = kind === "object" ? JSON.stringify(body) : (body as Buffer | string);
  return { kind, sha: createHash("sha256").update(bytes).digest("hex") };
}

/** A route that must only get verified events. Without a parser, it reads the request itself. */
export function createRouteBehind(
  recorder: Recorder,
  { reads = false }: { readonly reads?: boolean } = {},
): RequestHandler {
  return async (request, response) => {
    recorder.note("route behind", request);
    const body = reads ? await readBody(request) : request.body;
    response
      .status(Number(getHeader(request, FAIL_HEADER) ?? 200))
      .json({ event: request.heronEvent?.topic ?? null, body: describeBody(body) });
  };
}

async function readBody(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
