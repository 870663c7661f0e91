import { expect } from "vitest";
import { createEventBody, createSignedPost, SECRET } from "../signed-request.ts";
import type { AdapterUnderTest, TestContext, TestEvent } from "../types.ts";
import { createAdapterTest } from "./test-server.ts";

export function testSecrets(adapter: AdapterUnderTest): void {
  const adapterTest = createAdapterTest(adapter);

  adapterTest("any of several secrets is valid, and the context has its index", async (open) => {
    const used: number[] = [];
    const on = { "**": (_event: TestEvent, context: TestContext) => void used.push(context.secretIndex) };
    const { send } = await open({ on, secret: ["sec_first", "sec_second", "sec_third"] });
    for (const secret of ["sec_third", "sec_first", "sec_second"])
      expect(await send(createSignedPost(createEventBody(), secret))).toMatchObject({ status: 200 });
    expect(await send(createSignedPost(createEventBody(), "sec_fourth"))).toMatchObject({ status: 401 });
    expect(used).toEqual([2, 0, 1]);
  });

  adapterTest("a missing or empty secret throws at start", async (open) => {
    const codes: unknown[] = [];
    for (const secret of ["", " \n", [], [SECRET, ""]])
      codes.push(
        await open({ secret }).then(
          () => "started",
          (error: { readonly code?: unknown }) => error.code,
        ),
      );
    expect(codes).toEqual(["secret_invalid", "secret_invalid", "secret_missing", "secret_invalid"]);
  });

  adapterTest("a function is called once per well-formed request, and not for others", async (open) => {
    let lookups = 0;
    const secret = async (): Promise<string> => {
      lookups++;
      return SECRET;
    };
    const { send, handled } = await open({ secret });
    const { headers: _, ...unsigned } = createSignedPost();
    expect(await send(unsigned)).toMatchObject({ status: 401 });
    expect(await send({ ...createSignedPost(), method: "GET" })).toMatchObject({ status: 405 });
    expect(lookups).toBe(0);
    expect(await send(createSignedPost())).toMatchObject({ status: 200 });
    expect(await send(createSignedPost())).toMatchObject({ status: 200 });
    expect(lookups).toBe(2);
    expect(handled).toHaveLength(2);
  });

  adapterTest("401 if a function knows no secret", async (open) => {
    for (const none of [null, []]) {
      const { send, handled } = await open({ secret: () => none });
      expect(await send(createSignedPost())).toMatchObject({ status: 401, body: '{"error":"unauthorized"}' });
      expect(handled).toEqual([]);
    }
  });

  adapterTest("503 if a function fails or returns no secret", async (open) => {
    const failing = (): never => {
      throw new Error("lookup: hunter2");
    };
    const functions = [failing, async () => failing(), () => "", () => " ", () => [SECRET, ""]];
    for (const secret of functions) {
      const { send, handled, logger } = await open({ secret });
      const response = await send(createSignedPost());
      expect(response).toMatchObject({ status: 503, body: '{"error":"secret_unavailable"}' });
      expect(logger.lines).toMatchObject([
        { level: "error", details: { code: "secret_unavailable", status: 503 } },
      ]);
      expect(handled).toEqual([]);
    }
  });

  adapterTest("503 if a function takes over 2 s", async (open) => {
    const { send, clock, handled } = await open({ secret: () => new Promise(() => {}) });
    const response = send(createSignedPost());
    await clock.waitForTimer(2000);
    await clock.advance(2000);
    expect(await response).toMatchObject({ status: 503, body: '{"error":"secret_unavailable"}' });
    expect(handled).toEqual([]);
  });
}
