import { PATH } from "@heron-webhooks/conformance";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Arrival, Spot } from "./recorder.ts";
import {
  type Answer,
  again,
  type Delivery,
  forged,
  other,
  type StackRequest,
  signed,
  unsigned,
} from "./requests.ts";

/** A running application with one receiver. */
export interface OpenStack {
  send(request: StackRequest): Promise<Answer>;
  arrivals(): Promise<readonly Arrival[]>;
  close(): Promise<void>;
}

/** An application to test: a row of the table. */
export interface StackRow {
  /** The framework, the receiver's position and its surroundings. Ends the name of each test. */
  readonly name: string;
  open(): Promise<OpenStack>;
  /** The path of events. Default: `/webhooks/heron`. */
  readonly path?: string;
  /** Where a signed event must arrive, once. */
  readonly arrivesAt: Spot;
  /** Default: in one packet, in two, chunked. Byte by byte applies only to the smallest event. */
  readonly deliveries?: readonly Delivery[];
  /** Sizes of bodies beyond the smallest event. Default: none. */
  readonly sizes?: readonly number[];
  /** The order cannot work: every event must get 500, with advice in the log. */
  readonly refusesAll?: boolean;
  /** Checks the response to a signed event beyond its status. */
  readonly answer?: (answer: Answer, request: StackRequest) => void;
  /** Equivalent paths that Express's routes match; a forged event must not pass by any of them. */
  readonly spellings?: readonly string[];
  /** Requests to the application's other routes, with the expected responses. */
  readonly others?: readonly OtherRoute[];
}

export interface OtherRoute {
  readonly name: string;
  readonly request: () => StackRequest;
  readonly status: number;
  /** The expected part of the body. */
  readonly contains?: string;
}

/** The common routes of all applications. */
export const OTHER_ROUTES: readonly OtherRoute[] = [
  { name: "GET /other", request: () => other("GET", "/other"), status: 200, contains: "well" },
  {
    name: "POST /other",
    request: () => other("POST", "/other", { untouched: true }),
    status: 200,
    contains: "untouched",
  },
  {
    name: "POST /other in splitByDelivery",
    request: () => other("POST", "/other", { untouched: true }, "chunked"),
    status: 200,
    contains: "untouched",
  },
  { name: "GET of no route", request: () => other("GET", "/nothing"), status: 404 },
  { name: "POST of no route", request: () => other("POST", "/nothing", {}), status: 404 },
];

/** The same routes below a mount. */
export const getRoutesAt = (mount: string): OtherRoute[] => [
  {
    name: `GET ${mount}/other`,
    request: () => other("GET", `${mount}/other`),
    status: 200,
    contains: "well",
  },
  {
    name: `POST ${mount}/other`,
    request: () => other("POST", `${mount}/other`, { untouched: true }),
    status: 200,
    contains: "untouched",
  },
];

/** The same routes below a mount with a receiver that rejects everything but events. */
export const getRejectedRoutes = (mount: string): OtherRoute[] => [
  { name: `GET ${mount}/other`, request: () => other("GET", `${mount}/other`), status: 405 },
  { name: `POST ${mount}/other`, request: () => other("POST", `${mount}/other`, {}), status: 401 },
];

/** Sizes of bodies: empty, no event, and events up to the receiver's limit. */
export const ALL_SIZES: readonly number[] = [0, 2, 1024, 64 * 1024, 1024 * 1024 - 16];
const DELIVERIES: readonly Delivery[] = ["in one packet", "in two packets", "chunked"];
/** Below this size a signed body is no event: it gets 400 and arrives nowhere. */
const SMALLEST_EVENT = 150;

/** The tests of one application. Only signed events may arrive anywhere: see {@link Watched}. */
export function testStack(row: StackRow): void {
  const { name, path = PATH, arrivesAt, deliveries = DELIVERIES, refusesAll = false } = row;
  const sizes = [undefined, ...(row.sizes ?? [])];
  const firstDelivery = deliveries[0];
  if (firstDelivery === undefined) throw new Error("A row needs at least one delivery.");

  describe(name, () => {
    let stack: Watched;
    beforeAll(async () => {
      stack = new Watched(await row.open(), arrivesAt);
    });
    afterAll(async () => {
      await stack.close();
    });

    for (const size of sizes)
      for (const delivery of deliveries) {
        if (delivery === "byte by byte" && size !== undefined) continue;
        const body = `${size === undefined ? "" : `of ${size} bytes `}${delivery}`;
        const request = { delivery, ...(size === undefined ? {} : { size }) };
        const isEvent = size === undefined || size >= SMALLEST_EVENT;

        test(`${describeExpectation(refusesAll, isEvent)} ${body}: ${name}`, async () => {
          const event = signed(path, request);
          const answer = await stack.send(event);
          expect(answer.status, answer.body).toBe(refusesAll ? 500 : isEvent ? 200 : 400);
          if (!refusesAll && isEvent) row.answer?.(answer, event);
          expect(await stack.arrivalsOf(event)).toEqual(!refusesAll && isEvent ? [arrivesAt] : []);
        });

        test(`a forged event ${body} reaches no handler: ${name}`, async () => {
          const answer = await stack.send(forged(path, request));
          expect(answer.status, answer.body).toBe(refusesAll ? 500 : 401);
        });
      }

    test(`an unsigned event reaches no handler: ${name}`, async () => {
      expect((await stack.send(unsigned(path, { delivery: firstDelivery }))).status).toBe(401);
    });

    const { spellings = [] } = row;
    if (spellings.length > 0)
      test(`a forged or unsigned event at an equivalent path reaches no handler: ${name}`, async () => {
        for (const spelling of spellings)
          for (const make of [forged, unsigned]) {
            const { status } = await stack.send(make(spelling));
            // The status depends on the path matching of the receiver and the route.
            expect([401, 404, 500], `${spelling} responded with ${status}`).toContain(status);
          }
      });

    test(`a forged event by another method reaches no handler: ${name}`, async () => {
      for (const method of ["PUT", "DELETE", "GET"]) {
        const { status } = await stack.send(forged(path, { method }));
        expect([401, 404, 405, 500]).toContain(status);
      }
    });

    if (!refusesAll) {
      test(`a failed event is handled at its retry: ${name}`, async () => {
        const event = signed(path, { delivery: firstDelivery, failWith: 500 });
        expect((await stack.send(event)).status).toBe(500);
        expect((await stack.send(again(event))).status).toBe(200);
        expect(await stack.arrivalsOf(event)).toEqual([arrivesAt, arrivesAt]);
      });

      test(`a duplicate event is handled once: ${name}`, async () => {
        const event = signed(path, { delivery: firstDelivery });
        expect((await stack.send(event)).status).toBe(200);
        const answer = await stack.send(event);
        expect(answer.status).toBe(200);
        expect(answer.body).toContain("duplicate");
        expect(await stack.arrivalsOf(event)).toEqual([arrivesAt]);
      });
    }

    test(`other requests get their expected responses: ${name}`, async () => {
      for (const route of row.others ?? OTHER_ROUTES) {
        const answer = await stack.send(route.request());
        expect(answer.status, `${route.name}: ${answer.body}`).toBe(route.status);
        if (route.contains !== undefined) expect(answer.body, route.name).toContain(route.contains);
      }
    });
  });
}

function describeExpectation(refusesAll: boolean, isEvent: boolean): string {
  if (refusesAll) return "an event with a consumed body gets 500,";
  return isEvent ? "a signed event is handled," : "a signed body that is no event gets 400,";
}

/**
 * Checks all arrivals behind the receiver after each response and at the end, and throws for forbidden ones. Central, so
 * that no row and no test can skip it.
 */
export class Watched {
  readonly #stack: OpenStack;
  readonly #arrivesAt: Spot;
  /** The number of checked arrivals: each fails the test that caused it. */
  #judged = 0;

  constructor(stack: OpenStack, arrivesAt: Spot) {
    this.#stack = stack;
    this.#arrivesAt = arrivesAt;
  }

  async send(request: StackRequest): Promise<Answer> {
    const answer = await this.#stack.send(request);
    await this.#judge();
    return answer;
  }

  /** The arrivals of one request. */
  async arrivalsOf({ id }: StackRequest): Promise<Spot[]> {
    return (await this.#stack.arrivals()).filter((arrival) => arrival.id === id).map(({ spot }) => spot);
  }

  async close(): Promise<void> {
    // Wait for late arrivals of requests that already have a response.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await this.#judge();
    await this.#stack.close();
  }

  async #judge(): Promise<void> {
    const arrivals = await this.#stack.arrivals();
    const wrong = arrivals
      .slice(this.#judged)
      .filter(({ kind, spot }) => kind !== "signed" || spot !== this.#arrivesAt);
    this.#judged = arrivals.length;
    if (wrong.length > 0)
      throw new Error(
        `Reached unverified, or passed on by a receiver with handlers: ${JSON.stringify(wrong.slice(0, 5))}`,
      );
  }
}
