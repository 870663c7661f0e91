import type { JsonSchema } from "@heron-webhooks/core";
import { Problem } from "./problem.ts";

const MAX_BODY_BYTES = 512 * 1024;

/** Reads a request's body as bytes and as JSON. @throws Problem 400, 413, 415 */
export async function readJson(
  request: Request,
  schema: JsonSchema | undefined,
): Promise<{ readonly bytes: Uint8Array; readonly value: unknown }> {
  const bytes = await readBody(request);
  if (schema === undefined) return { bytes, value: undefined };
  const contentType = request.headers.get("content-type") ?? "";
  if (!/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(contentType))
    throw new Problem(415, "The body must be JSON. Send the header content-type: application/json.");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { bytes, value: JSON.parse(text) };
  } catch (cause) {
    throw new Problem(400, "The body is not valid UTF-8 JSON.", {
      errors: [{ pointer: "", message: cause instanceof Error ? cause.message : String(cause) }],
    });
  }
}

/** @throws Problem 413 */
export async function readBody(request: Request): Promise<Uint8Array> {
  const toTooLargeProblem = (): Problem => new Problem(413, `The body exceeds ${MAX_BODY_BYTES / 1024} KiB.`);
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) throw toTooLargeProblem();
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw toTooLargeProblem();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
