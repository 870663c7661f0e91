import { FAIL_HEADER, ID_HEADER, KIND_HEADER, type Kind } from "./requests.ts";

/** Where in an application a request arrived: at a handler of the receiver, or at a route that stands behind the receiver. */
export type Spot = "handler" | "route behind";

export interface Arrival {
  readonly spot: Spot;
  readonly kind: Kind | "unknown";
  readonly id: string;
}

/** Notes every request that the code behind a receiver saw. The suite judges them; no stack judges for itself. */
export class Recorder {
  readonly arrivals: Arrival[] = [];

  /** @param request whatever has `headers`: Node's, Express's, Fastify's or Nest's request. */
  note(spot: Spot, request: unknown): void {
    this.arrivals.push({
      spot,
      kind: (headerOf(request, KIND_HEADER) as Kind | undefined) ?? "unknown",
      id: headerOf(request, ID_HEADER) ?? "unknown",
    });
  }
}

/** A header of any framework's request; some serverless adapters keep names as they were sent. */
export function headerOf(request: unknown, name: string): string | undefined {
  const headers: unknown = Reflect.get(Object(request), "headers");
  const value = Object.entries(Object(headers)).find(([sent]) => sent.toLowerCase() === name)?.[1];
  return value === undefined ? undefined : String(value);
}

/** A handler that notes what it was given, and fails where the request says so. */
export function notingHandler(
  recorder: Recorder,
): (event: unknown, context: { readonly request: unknown }) => void {
  return (_event, { request }) => {
    recorder.note("handler", request);
    if (headerOf(request, FAIL_HEADER) !== undefined) throw new Error("asked to fail");
  };
}
