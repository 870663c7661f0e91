import type { EventMap, EventMatching, HeronEvents } from "./catalog.ts";
import { decodeEvent } from "./decode.ts";
import { getHeader, type RequestHeaders } from "./receiver/request.ts";
import { type VerifyOptions, verify } from "./signature/verify.ts";

/** A webhook request as it arrived. */
export interface ConstructEventInput extends VerifyOptions {
  /** The bytes of the body, before any parser. */
  readonly body: Uint8Array;
  /** A web `Headers`, or an object with names in any case. */
  readonly headers: RequestHeaders;
  /** The shared secret, or several while one is being replaced. */
  readonly secret: string | readonly string[];
  /** Default: `heron-signature`. */
  readonly signatureHeader?: string | undefined;
}

/**
 * Verifies a webhook request and returns its event.
 *
 * For code that reads requests itself. It keeps no state: a repeated request is verified again, so deduplicate by the
 * event's `id`, or use `createReceiver`. After a `signature_mismatch`, `diagnoseSignature` finds the likely reason.
 * @throws HeronError `signature_missing`, `signature_malformed`, `signature_mismatch`, `secret_missing`,
 *   `secret_invalid`, `invalid_json`, `invalid_event`, and `option_invalid` if `body` is not bytes.
 */
export function constructEvent<Events extends EventMap = HeronEvents>({
  body,
  headers,
  secret,
  signatureHeader = "heron-signature",
  rawBodyOnly,
}: ConstructEventInput): EventMatching<Events, "**"> {
  verify(body, getHeader(headers, signatureHeader.toLowerCase()), secret, { rawBodyOnly });
  return decodeEvent(body) as EventMatching<Events, "**">;
}
