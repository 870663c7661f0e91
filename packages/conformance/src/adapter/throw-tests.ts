import { expect } from "vitest";
import { createSignedPost } from "../signed-request.ts";
import type { AdapterUnderTest } from "../types.ts";
import { createAdapterTest } from "./test-server.ts";

const SECRET_TEXT = "hunter2";
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const fail = (): never => {
  throw new Error(SECRET_TEXT);
};

/** Values that a handler can throw. Each breaks naive inspection. */
const THROWN_VALUES: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  "a number": () => 1,
  "a string": () => SECRET_TEXT,
  "an object without a prototype": () => Object.create(null),
  "a frozen error": () => Object.freeze(new Error(SECRET_TEXT)),
  "an error with a status of 200": () =>
    Object.assign(new Error(SECRET_TEXT), { status: 200, statusCode: 200 }),
  "an error that poses as one of the receiver's": () =>
    Object.assign(new Error(SECRET_TEXT), { name: "HeronError", code: "closed" }),
  "an error whose message cannot be read": () => Object.defineProperty(new Error(), "message", { get: fail }),
  "an error whose name cannot be read": () => Object.defineProperty(new Error(), "name", { get: fail }),
  "an error whose cause is itself": () => {
    const error = new Error(SECRET_TEXT);
    return Object.assign(error, { cause: error });
  },
  "a proxy that was revoked": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
};

export function testThrownValues(adapter: AdapterUnderTest): void {
  const adapterTest = createAdapterTest(adapter);

  adapterTest("a failing handler gets 500 with an opaque id that is also in the log", async (open) => {
    const on = { "**": () => Promise.reject(new Error(`password=${SECRET_TEXT}`)) };
    const { send, logger } = await open({ on });
    const response = await send(createSignedPost());
    expect(response.status).toBe(500);
    const { error, id } = JSON.parse(response.body) as { readonly error: string; readonly id: string };
    expect(error).toBe("handler_failed");
    expect(id).toMatch(ID);
    expect(JSON.stringify(response)).not.toContain(SECRET_TEXT);
    expect(logger.lines).toMatchObject([
      { level: "error", details: { code: "handler_failed", id, status: 500 } },
    ]);
  });

  for (const [name, thrown] of Object.entries(THROWN_VALUES))
    adapterTest(`a handler that throws ${name} gets 500 without details`, async (open) => {
      const on = {
        "**": () => {
          throw thrown();
        },
      };
      const { send, server } = await open({ on });
      const response = await send(createSignedPost());
      expect(response).toMatchObject({
        status: 500,
        headers: { "content-type": "application/json; charset=utf-8" },
      });
      expect(JSON.parse(response.body)).toEqual({ error: "handler_failed", id: expect.stringMatching(ID) });
      // And the event is no longer in flight.
      await server.closeReceiver?.();
    });
}
