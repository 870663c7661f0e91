import { describe, expect, test } from "vitest";
import { HeronError } from "../../src/errors.ts";
import type { ReceiveContext } from "../../src/receiver/context.ts";
import { sign } from "../../src/signature/sign.ts";
import {
  bytes,
  createTestReceiver,
  EVENT,
  parseResponse,
  SECRET,
  signedRequestFor,
} from "../test-receiver.ts";

test("matching handlers run one after another, most specific first, lists in their order", async () => {
  const ran: string[] = [];
  const slow = (name: string) => async (): Promise<void> => {
    ran.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    ran.push(`${name} ends`);
  };
  const { receiver } = createTestReceiver({
    on: {
      "**": slow("all"),
      "*.processed": [slow("second"), slow("third")],
      "pdf.*": slow("other"),
      "end_user.processed": slow("first"),
    },
  });
  expect(parseResponse(await receiver.receive(signedRequestFor()))).toEqual({
    status: 200,
    body: { ok: true },
  });
  expect(ran).toEqual(
    ["first", "second", "third", "all"].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

test("an event without a handler gets 200, and is not handled again", async () => {
  const { receiver, lines } = createTestReceiver({ on: { "pdf.*": () => expect.unreachable() } });
  expect(parseResponse(await receiver.receive(signedRequestFor()))).toEqual({
    status: 200,
    body: { ok: true },
  });
  expect(parseResponse(await receiver.receive(signedRequestFor())).body).toEqual({
    ok: true,
    duplicate: true,
  });
  expect(lines).toEqual([]);
});

test("the first that throws stops the rest; Heron retries the whole event", async () => {
  const ran: string[] = [];
  const { receiver } = createTestReceiver({
    on: {
      "end_user.processed": () => void ran.push("first"),
      "end_user.*": async () => {
        ran.push("second");
        if (ran.length < 3) throw new Error("not yet");
      },
      "**": () => void ran.push("third"),
    },
  });
  expect((await receiver.receive(signedRequestFor())).status).toBe(500);
  expect(ran).toEqual(["first", "second"]);
  expect((await receiver.receive(signedRequestFor())).status).toBe(200);
  expect(ran).toEqual(["first", "second", "first", "second", "third"]);
});

describe.each([
  ["an error", new Error("password=hunter2")],
  ["text", "password=hunter2"],
  ["null", null],
  ["undefined", undefined],
  ["an error of the toolkit's", new HeronError("signature_mismatch", "password=hunter2")],
])("a handler that throws %s", (_, thrown) => {
  const throws = (): never => {
    throw thrown;
  };

  test("gets 500 and an id, and never its text", async () => {
    const { receiver } = createTestReceiver({ on: { "**": throws } });
    const response = await receiver.receive(signedRequestFor());
    expect(parseResponse(response)).toEqual({
      status: 500,
      body: { error: "handler_failed", id: expect.any(String) },
    });
    expect(JSON.stringify(response)).not.toContain("hunter2");
  });

  test("is logged under the same id, with what it threw as the cause", async () => {
    const reported: HeronError[] = [];
    const { receiver, lines } = createTestReceiver({
      on: { "**": throws },
      onError: (error) => void reported.push(error),
    });
    const { id } = JSON.parse((await receiver.receive(signedRequestFor())).body) as { readonly id: string };
    expect(lines).toHaveLength(1);
    expect(lines[0]?.details).toMatchObject({ code: "handler_failed", status: 500, id, topic: EVENT.topic });
    expect(lines[0]?.details["err"]).toBe(thrown);
    expect(reported.map(({ code, cause }) => [code, cause])).toEqual([["handler_failed", thrown]]);
  });

  test("leaves the event to come again", async () => {
    let calls = 0;
    const { receiver } = createTestReceiver({
      on: {
        "**": () => {
          if (++calls === 1) throw thrown;
        },
      },
    });
    expect((await receiver.receive(signedRequestFor())).status).toBe(500);
    expect(parseResponse(await receiver.receive(signedRequestFor()))).toEqual({
      status: 200,
      body: { ok: true },
    });
    expect(calls).toBe(2);
  });
});

test.each([
  [
    "an error whose message cannot be read",
    Object.defineProperty(new Error("x"), "message", { get: createThrowingError }),
  ],
  [
    "an error whose name cannot be read",
    Object.defineProperty(new Error("x"), "name", { get: createThrowingError }),
  ],
  ["a revoked proxy", createRevokedProxy()],
])("a handler that throws %s gets 500, and Heron retries", async (_, thrown) => {
  const { receiver, lines } = createTestReceiver({
    on: {
      "**": () => {
        throw thrown;
      },
    },
  });
  for (let i = 0; i < 2; i++) expect((await receiver.receive(signedRequestFor())).status).toBe(500);
  expect(lines.map(({ details }) => details["code"])).toEqual(["handler_failed", "handler_failed"]);
});

function createThrowingError(): never {
  throw new Error("a getter is broken");
}

function createRevokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error("x"), {});
  revoke();
  return proxy;
}

test("a handler is given the event as it came, and its context", async () => {
  const seen: { event?: unknown; context?: ReceiveContext } = {};
  const { receiver } = createTestReceiver({
    secret: ["sec_old", SECRET],
    on: { "**": (event, context) => void Object.assign(seen, { event, context }) },
  });
  const body =
    '{"topic":"end_user.processed", "created":"2021-05-20T09:23:53+00:00", "data":{"n":1}, "meta":null, "x":1}';
  const source = { params: { id: "7" } };
  const signature = sign(body.replaceAll(", ", ","), SECRET);
  await receiver.receive(signedRequestFor({}, { body, source, headers: { "heron-signature": signature } }));
  expect(seen.event).toEqual(JSON.parse(body));
  expect(seen.context).toMatchObject({ id: signature, form: "compact", secretIndex: 1, request: source });
  expect(seen.context?.signal.aborted).toBe(false);
});

test("context.id is the event's id where it has one", async () => {
  const ids: string[] = [];
  const { receiver } = createTestReceiver({ on: { "**": (_, { id }) => void ids.push(id) } });
  await receiver.receive(signedRequestFor({ ...EVENT, id: "evt_1" }));
  await receiver.receive(signedRequestFor(EVENT));
  expect(ids).toEqual(["evt_1", sign(bytes(JSON.stringify(EVENT)), SECRET)]);
});
