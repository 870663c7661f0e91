import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CapturingLogger } from "../capturing-logger.ts";
import { request } from "../http.ts";
import { RawConnection } from "../raw.ts";
import { SECRET, signedPost } from "../signed.ts";
import type { AdapterUnderTest, LawEvent, LawOptions, OpenServer } from "../types.ts";
import { WatchedClock } from "../watched-clock.ts";
import { attackCorpus } from "./corpus.ts";
import type { AttackRow, Expected, ServerKind } from "./row.ts";

/**
 * Starts a server for the corpus: the receiver, `GET /` that answers with 200, and, behind the receiver at its own
 * path where the framework allows one, a route that calls `unverified`.
 */
export type OpenAttacked = (options: LawOptions, unverified: () => void) => Promise<OpenServer>;

/** Sends every row of the corpus to one server, which must come through as good as new. */
export function attackSuite(
  kind: ServerKind,
  open: OpenAttacked,
  manualClock: AdapterUnderTest["manualClock"],
  rows: readonly AttackRow[] = attackCorpus,
): void {
  describe(`${kind} under attack`, () => {
    const clock = new WatchedClock(manualClock());
    const logger = new CapturingLogger();
    const handled: LawEvent[] = [];
    let unverified = 0;
    let server: OpenServer;

    beforeAll(async () => {
      const on = { "**": (event: LawEvent) => void handled.push(event) };
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
        await attack(server.port, row, expected, clock);
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
        // Past the second for which no other mismatch is explained, and the day for which an event is remembered.
        await clock.advance(86_400_000);
        expect(await request(server.port, signedPost())).toMatchObject({ status: 200 });
      });
  });
}

async function attack(port: number, row: AttackRow, expected: Expected, clock: WatchedClock): Promise<void> {
  await using connection = await RawConnection.open(port);
  for (const step of row.steps) {
    if (step instanceof Uint8Array) connection.write(step);
    else if (step === "end") connection.end();
    else {
      await clock.timer(5000);
      if (step === "reset") return connection.reset();
      await clock.advance(step.whileReading);
    }
  }
  const method = /^[A-Z]+/.exec(Buffer.from(row.steps[0] as Uint8Array).toString("latin1"))?.[0];
  for (const status of expected.statuses) {
    const reply = await connection.reply(method);
    expect(typeof status === "number" ? [status] : status).toContain(reply.status);
    expect(reply.headers.get("access-control-allow-origin")).toBeUndefined();
    const type = reply.headers.get("content-type");
    // Fastify puts words of its own to what Node's parser refused.
    if (expected.by === "node") expect([undefined, "application/json"]).toContain(type);
    if (expected.by === "receiver") expect(type).toBe("application/json; charset=utf-8");
  }
  if (expected.connection === "closed") return expect(await connection.ended()).toBe("");
  // In step: the next request on the connection is answered as if nothing had been before it.
  connection.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(await connection.reply("GET")).toMatchObject({ status: 200 });
}
