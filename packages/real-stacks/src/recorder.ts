import { FAIL_HEADER, ID_HEADER, KIND_HEADER, type Kind } from "./requests.ts";

/** Where a request arrived: at a handler of the receiver, or at a route behind the receiver. */
export type Spot = "handler" | "route behind";

export interface Arrival {
  readonly spot: Spot;
  readonly kind: Kind | "unknown";
  readonly id: string;
}

/** Records every request that arrived behind a receiver. Only the suite checks them, not the stacks. */
export class Recorder {
  readonly arrivals: Arrival[] = [];

  /** @param request a request of Node, Express, Fastify or Nest, with `headers`. */
  note(spot: Spot, request: unknown): void {
    this.arrivals.push({
      spot,
      kind: (getHeader(request, KIND_HEADER) as Kind | undefined) ?? "unknown",
      id: getHeader(request, ID_HEADER) ?? "unknown",
    });
  }
}

/** A header of any framework's request. Some serverless adapters keep the case of names. */
export function getHeader(request: unknown, name: string): string | undefined {
  const headers: unknown = Reflect.get(Object(request), "headers");
  const value = Object.entries(Object(headers)).find(([sent]) => sent.toLowerCase() === name)?.[1];
  return value === undefined ? undefined : String(value);
}

/** A handler that records its event, and fails if the request asks for it. */
export function createRecordingHandler(
  recorder: Recorder,
): (event: unknown, context: { readonly request: unknown }) => void {
  return (_event, { request }) => {
    recorder.note("handler", request);
    if (getHeader(request, FAIL_HEADER) !== undefined) throw new Error("asked to fail");
  };
}
