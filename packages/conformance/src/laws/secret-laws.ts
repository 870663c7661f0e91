import { expect } from "vitest";
import { eventBody, SECRET, signedPost } from "../signed.ts";
import type { AdapterUnderTest, LawContext, LawEvent } from "../types.ts";
import { lawsOf } from "./opened.ts";

export function secretLaws(adapter: AdapterUnderTest): void {
  const law = lawsOf(adapter);

  law("any of several is good, and its index is told", async (open) => {
    const used: number[] = [];
    const on = { "**": (_event: LawEvent, context: LawContext) => void used.push(context.secretIndex) };
    const { send } = await open({ on, secret: ["sec_first", "sec_second", "sec_third"] });
    for (const secret of ["sec_third", "sec_first", "sec_second"])
      expect(await send(signedPost(eventBody(), secret))).toMatchObject({ status: 200 });
    expect(await send(signedPost(eventBody(), "sec_fourth"))).toMatchObject({ status: 401 });
    expect(used).toEqual([2, 0, 1]);
  });

  law("without one, or with an empty one, nothing starts", async (open) => {
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

  law("a function is asked once for each well-formed request, and not for others", async (open) => {
    let asked = 0;
    const secret = async (): Promise<string> => {
      asked++;
      return SECRET;
    };
    const { send, handled } = await open({ secret });
    const { headers: _, ...unsigned } = signedPost();
    expect(await send(unsigned)).toMatchObject({ status: 401 });
    expect(await send({ ...signedPost(), method: "GET" })).toMatchObject({ status: 405 });
    expect(asked).toBe(0);
    expect(await send(signedPost())).toMatchObject({ status: 200 });
    expect(await send(signedPost())).toMatchObject({ status: 200 });
    expect(asked).toBe(2);
    expect(handled).toHaveLength(2);
  });

  law("401 when a function knows nobody", async (open) => {
    for (const none of [null, []]) {
      const { send, handled } = await open({ secret: () => none });
      expect(await send(signedPost())).toMatchObject({ status: 401, body: '{"error":"unauthorized"}' });
      expect(handled).toEqual([]);
    }
  });

  law("503 when a function fails, or gives what is no secret", async (open) => {
    const failing = (): never => {
      throw new Error("lookup: hunter2");
    };
    const functions = [failing, async () => failing(), () => "", () => " ", () => [SECRET, ""]];
    for (const secret of functions) {
      const { send, handled, logger } = await open({ secret });
      const reply = await send(signedPost());
      expect(reply).toMatchObject({ status: 503, body: '{"error":"secret_unavailable"}' });
      expect(logger.lines).toMatchObject([
        { level: "error", details: { code: "secret_unavailable", status: 503 } },
      ]);
      expect(handled).toEqual([]);
    }
  });

  law("503 when a function takes more than 2 s", async (open) => {
    const { send, clock, handled } = await open({ secret: () => new Promise(() => {}) });
    const reply = send(signedPost());
    await clock.timer(2000);
    await clock.advance(2000);
    expect(await reply).toMatchObject({ status: 503, body: '{"error":"secret_unavailable"}' });
    expect(handled).toEqual([]);
  });
}
