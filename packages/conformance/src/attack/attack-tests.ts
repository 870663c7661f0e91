import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CapturingLogger } from "../capturing-logger.ts";
import { sendRequest } from "../http.ts";
import { ObservableClock } from "../observable-clock.ts";
import { RawConnection } from "../raw-connection.ts";
import { createSignedPost, SECRET } from "../signed-request.ts";
import type { AdapterUnderTest, OpenServer, TestEvent, TestReceiverOptions } from "../types.ts";
import { attackCorpus } from "./corpus.ts";
import type { AttackRow, ExpectedResponse, ServerKind } from "./row.ts";

/**
 * Starts a server for the corpus: the receiver, `GET /` with 200 and, if the framework allows it, a route behind the
 * receiver at the same path that calls `unverified`.
 */
export type OpenAttackServer = (options: TestReceiverOptions, unverified: () => void) => Promise<OpenServer>;

/** Sends every row of the corpus to one server, which must still work afterwards. */
export function testAttacks(
  kind: ServerKind,
  open: OpenAttackServer,
  manualClock: AdapterUnderTest["manualClock"],
  rows: readonly AttackRow[] = attackCorpus,
): void {
  describe(`${kind} under attack`, () => {
    const clock = new ObservableClock(manualClock());
    const logger = new CapturingLogger();
    const handled: TestEvent[] = [];
    let unverified = 0;
    let server: OpenServer;

    beforeAll(async () => {
      const on = { "**": (event: TestEvent) => void handled.push(event) };
      server = await open({ secret: SECRET, on, logger, clock }, () => unverified++);
    });
    afterAll(() => server.close());

    for (const row of rows)
      test(row.name, async () => {
        handled.length = 0;
        logger.lines.length = 0;
        unverified = 0;
        const { because: _, ...differs } = row.differs?.[kind] ?? { because: "" };
        const expected = { ...row.expect, ...differs };
        await runAttack(server.port, row, expected, clock);
        const topics = handled.map((event) => event.topic);
        if (expected.handled === "perhaps") expect(topics.length).toBeLessThan(2);
        else expect(topics).toEqual(expected.handled);
        for (const { data } of handled)
          if (data !== null) expect(Object.hasOwn(Object(data), "__proto__")).toBe(false);
        expect(unverified).toBe(0);
        expect(Reflect.get({}, "polluted")).toBeUndefined();
        expect(logger.text).not.toContain(SECRET);
        if (expected.by === "receiver" && expected.statuses.length === 1 && expected.handled.length === 0)
          expect(logger.lines.map(({ details }) => details["status"])).toEqual(expected.statuses);
        // Past the interval of diagnoses and the ttl of the dedupe store.
        await clock.advance(86_400_000);
        expect(await sendRequest(server.port, createSignedPost())).toMatchObject({ status: 200 });
      });
  });
}

async function runAttack(
  port: number,
  row: AttackRow,
  expected: ExpectedResponse,
  clock: ObservableClock,
): Promise<void> {
  await using connection = await RawConnection.open(port);
  for (const step of row.steps) {
    if (step instanceof Uint8Array) connection.write(step);
    else if (step === "end") connection.end();
    else {
      await clock.waitForTimer(5000);
      if (step === "reset") return connection.reset();
      await clock.advance(step.whileReading);
    }
  }
  const method = /^[A-Z]+/.exec(Buffer.from(row.steps[0] as Uint8Array).toString("latin1"))?.[0];
  for (const status of expected.statuses) {
    const response = await connection.readResponse(method);
    expect(typeof status === "number" ? [status] : status).toContain(response.status);
    expect(response.headers.get("access-control-allow-origin")).toBeUndefined();
    const type = response.headers.get("content-type");
    // Fastify adds a body to rejections of Node's parser.
    if (expected.by === "node") expect([undefined, "application/json"]).toContain(type);
    if (expected.by === "receiver") expect(type).toBe("application/json; charset=utf-8");
  }
  if (expected.connection === "closed") return expect(await connection.waitForEnd()).toBe("");
  // In step: the next request on the connection gets its own response.
  connection.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(await connection.readResponse("GET")).toMatchObject({ status: 200 });
}
