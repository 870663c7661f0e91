import { describe, expect, test } from "vitest";
import type { Reply } from "../../src/receive/reply.ts";
import { answer, request, SECRET, type World, world } from "../help.ts";
import { type Attempt, FAULTS, type Fault } from "./faults.ts";

async function attempt(faults: readonly Fault[], canClose: boolean): Promise<{ reply: Reply; world: World }> {
  const options = { tolerance: "5m" } as const;
  const event = { topic: "end_user.processed", created: "2026-01-01T00:00:00+00:00", data: {} };
  const it: Attempt = { options, parts: { canClose }, headers: {}, event, closed: false };
  // From the last to the first, so that of two that touch the same thing the earlier stands.
  for (const fault of faults.toReversed()) fault.work(it);
  const made = world(it.options);
  if (it.closed) await made.receiver.close();
  const reply = await made.receiver.receive(request(it.event, { ...it.parts, headers: it.headers }));
  return { reply, world: made };
}

describe.each(FAULTS.map((fault, i) => ({ ...fault, later: FAULTS.slice(i + 1) })))("$name", (fault) => {
  test(`is answered with ${fault.status} and "${fault.error}"`, async () => {
    const { reply } = await attempt([fault], true);
    expect(reply.status).toBe(fault.status);
    expect(JSON.parse(reply.body)).toMatchObject({ error: fault.error });
    expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  test(
    fault.early ? "closes the connection, where there is one to close" : "leaves the connection open",
    async () => {
      expect((await attempt([fault], true)).reply.headers["connection"]).toBe(
        fault.early ? "close" : undefined,
      );
      expect((await attempt([fault], false)).reply.headers["connection"]).toBe(undefined);
    },
  );

  test("is found before whatever comes later", async () => {
    for (const other of fault.later) {
      const alone = (await attempt([fault], true)).reply;
      const { reply } = await attempt([fault, other], true);
      const withoutId = (it: Reply): unknown => ({ ...it, body: { ...JSON.parse(it.body), id: undefined } });
      expect(withoutId(reply), other.name).toEqual(withoutId(alone));
    }
  });

  test("is logged in one line, with its status and code", async () => {
    const { world: made } = await attempt([fault], true);
    expect(made.lines).toHaveLength(1);
    expect(made.lines[0]?.details).toMatchObject({ receiver: "heron", status: fault.status });
    expect(made.lines[0]?.level).toBe(fault.status < 500 ? "warn" : "error");
  });
});

test("without a fault it is handled", async () => {
  const { reply, world: made } = await attempt([], true);
  expect(answer(reply)).toEqual({ status: 200, body: { ok: true } });
  expect(reply.headers).toEqual({ "content-type": "application/json; charset=utf-8" });
  expect(made.lines).toEqual([]);
});

/** A function that says when it is called. */
function noted<T>(calls: unknown[], name: string, value: T): () => T {
  return () => {
    calls.push(name);
    return value;
  };
}

test.each(FAULTS.slice(0, 5))(
  "nothing is read, and no secret looked up, before the head is right: $name",
  async (fault) => {
    const calls: string[] = [];
    const it: Attempt = { options: {}, parts: {}, headers: {}, event: { topic: "a.b" }, closed: false };
    fault.work(it);
    const { receiver } = world({ secret: noted(calls, "secret", SECRET) });
    if (it.closed) await receiver.close();
    const read = noted(calls, "read", Promise.resolve(new Uint8Array()));
    await receiver.receive(request(it.event, { ...it.parts, headers: it.headers, read }));
    expect(calls).toEqual([]);
  },
);

test("the body is read with the limit and a signal, before the secret is looked up", async () => {
  const calls: unknown[] = [];
  const { receiver } = world({ bodyLimit: 500, secret: noted(calls, "secret", SECRET) });
  const sent = request();
  const read = (limit: number, signal: AbortSignal): Promise<Uint8Array> => {
    calls.push(limit, signal.aborted);
    return sent.read(limit, signal);
  };
  expect((await receiver.receive({ ...sent, read })).status).toBe(200);
  expect(calls).toEqual([500, false, "secret"]);
});
