import { describe, expect, test } from "vitest";
import type { ReceiverResponse } from "../../src/receiver/response.ts";
import {
  createTestReceiver,
  parseResponse,
  SECRET,
  signedRequestFor,
  type TestReceiver,
} from "../test-receiver.ts";
import { FAULTS, type Fault, type FaultyRequest } from "./faults.ts";

async function sendWithFaults(
  faults: readonly Fault[],
  canCloseConnection: boolean,
): Promise<{ response: ReceiverResponse; world: TestReceiver }> {
  const options = { tolerance: "5m" } as const;
  const event = { topic: "end_user.processed", created: "2026-01-01T00:00:00+00:00", data: {} };
  const it: FaultyRequest = { options, parts: { canCloseConnection }, headers: {}, event, closed: false };
  // From the last to the first, so that of two that touch the same thing the earlier stands.
  for (const fault of faults.toReversed()) fault.work(it);
  const made = createTestReceiver(it.options);
  if (it.closed) await made.receiver.close();
  const response = await made.receiver.receive(
    signedRequestFor(it.event, { ...it.parts, headers: it.headers }),
  );
  return { response, world: made };
}

describe.each(FAULTS.map((fault, i) => ({ ...fault, later: FAULTS.slice(i + 1) })))("$name", (fault) => {
  test(`gets ${fault.status} and "${fault.error}"`, async () => {
    const { response } = await sendWithFaults([fault], true);
    expect(response.status).toBe(fault.status);
    expect(JSON.parse(response.body)).toMatchObject({ error: fault.error });
    expect(response.headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  test(
    fault.early ? "closes the connection, where there is one to close" : "leaves the connection open",
    async () => {
      expect((await sendWithFaults([fault], true)).response.headers["connection"]).toBe(
        fault.early ? "close" : undefined,
      );
      expect((await sendWithFaults([fault], false)).response.headers["connection"]).toBe(undefined);
    },
  );

  test("is found before whatever comes later", async () => {
    for (const other of fault.later) {
      const alone = (await sendWithFaults([fault], true)).response;
      const { response } = await sendWithFaults([fault, other], true);
      const withoutId = (it: ReceiverResponse): unknown => ({
        ...it,
        body: { ...JSON.parse(it.body), id: undefined },
      });
      expect(withoutId(response), other.name).toEqual(withoutId(alone));
    }
  });

  test("is logged in one line, with its status and code", async () => {
    const { world: made } = await sendWithFaults([fault], true);
    expect(made.lines).toHaveLength(1);
    expect(made.lines[0]?.details).toMatchObject({ receiver: "heron", status: fault.status });
    expect(made.lines[0]?.level).toBe(fault.status < 500 ? "warn" : "error");
  });
});

test("without a fault it is handled", async () => {
  const { response, world: made } = await sendWithFaults([], true);
  expect(parseResponse(response)).toEqual({ status: 200, body: { ok: true } });
  expect(response.headers).toEqual({ "content-type": "application/json; charset=utf-8" });
  expect(made.lines).toEqual([]);
});

/** A function that says when it is called. */
function recordCalls<T>(calls: unknown[], name: string, value: T): () => T {
  return () => {
    calls.push(name);
    return value;
  };
}

test.each(FAULTS.slice(0, 5))(
  "nothing is read, and no secret looked up, before the head is right: $name",
  async (fault) => {
    const calls: string[] = [];
    const it: FaultyRequest = { options: {}, parts: {}, headers: {}, event: { topic: "a.b" }, closed: false };
    fault.work(it);
    const { receiver } = createTestReceiver({ secret: recordCalls(calls, "secret", SECRET) });
    if (it.closed) await receiver.close();
    const read = recordCalls(calls, "read", Promise.resolve(new Uint8Array()));
    await receiver.receive(signedRequestFor(it.event, { ...it.parts, headers: it.headers, read }));
    expect(calls).toEqual([]);
  },
);

test("the body is read with the limit and a signal, before the secret is looked up", async () => {
  const calls: unknown[] = [];
  const { receiver } = createTestReceiver({ bodyLimit: 500, secret: recordCalls(calls, "secret", SECRET) });
  const sent = signedRequestFor();
  const read = (limit: number, signal: AbortSignal): Promise<Uint8Array> => {
    calls.push(limit, signal.aborted);
    return sent.read(limit, signal);
  };
  expect((await receiver.receive({ ...sent, read })).status).toBe(200);
  expect(calls).toEqual([500, false, "secret"]);
});
