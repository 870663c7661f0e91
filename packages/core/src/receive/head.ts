import { HeronError } from "../errors.ts";
import { explainSpelling } from "../signature/explain.ts";
import { parseSignature } from "../signature/verify.ts";
import { Refusal } from "./reply.ts";
import { headerOf, type IncomingRequest, tooLarge } from "./request.ts";

/**
 * Refuses what the head of a request rules out by itself, before a byte of its body is read; gives the
 * signature.
 * @throws HeronError `method_not_allowed`, `encoding_unsupported`, `body_too_large`, `signature_missing`,
 *   `signature_malformed`
 */
export function readHead(request: IncomingRequest, bodyLimit: number, signatureHeader: string): string {
  if (request.method !== "POST") throw new HeronError("method_not_allowed", "Webhooks come by POST.");
  const encoding = headerOf(request.headers, "content-encoding");
  if (encoding !== undefined && encoding !== "" && encoding.toLowerCase() !== "identity")
    throw new HeronError(
      "encoding_unsupported",
      "The body is encoded (Content-Encoding); Heron sends it plain.",
    );
  if (Number(headerOf(request.headers, "content-length") ?? 0) > bodyLimit) throw tooLarge(bodyLimit);
  const signature = headerOf(request.headers, signatureHeader);
  try {
    return parseSignature(signature);
  } catch (error) {
    const hint = explainSpelling(signature ?? "")?.message;
    if (hint === undefined || !HeronError.is(error)) throw error;
    throw new Refusal("signature_malformed", error.message, { hint });
  }
}
