import { HeronError } from "../errors.ts";
import { diagnoseSignatureHeader } from "../signature/diagnose.ts";
import { parseSignature } from "../signature/verify.ts";
import { createBodyTooLargeError, getHeader, type IncomingRequest } from "./request.ts";
import { ReceiverError } from "./response.ts";

/**
 * Validates a request's head before the body is read, and returns the signature.
 * @throws HeronError `method_not_allowed`, `encoding_unsupported`, `body_too_large`, `signature_missing`,
 *   `signature_malformed`
 */
export function readSignature(request: IncomingRequest, bodyLimit: number, signatureHeader: string): string {
  if (request.method !== "POST") throw new HeronError("method_not_allowed", "Expected POST.");
  const encoding = getHeader(request.headers, "content-encoding");
  if (encoding !== undefined && encoding !== "" && encoding.toLowerCase() !== "identity")
    throw new HeronError(
      "encoding_unsupported",
      "The body is encoded (Content-Encoding); Heron sends it plain.",
    );
  if (Number(getHeader(request.headers, "content-length") ?? 0) > bodyLimit)
    throw createBodyTooLargeError(bodyLimit);
  const signature = getHeader(request.headers, signatureHeader);
  try {
    return parseSignature(signature);
  } catch (error) {
    const hint = diagnoseSignatureHeader(signature ?? "")?.message;
    if (hint === undefined || !HeronError.is(error)) throw error;
    throw new ReceiverError("signature_malformed", error.message, { hint });
  }
}
