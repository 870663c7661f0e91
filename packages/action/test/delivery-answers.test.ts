import { describe, expect, test } from "vitest";
import { parseSingleResult } from "./results.ts";
import { type Answer, Receiver } from "./runner/servers/receiver.ts";
import { runPostStep } from "./step.ts";

const quick = { retries: 2, "max-retry-delay": "10ms" };

describe.concurrent("an answer of", () => {
  test.each([200, 201, 202, 204, 206, 299])("%i is delivered", async (status) => {
    const { step, requests } = await runPostStep(
      {},
      { answers: [{ status, body: status === 204 ? "" : "no" }] },
    );
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true", delivered: "1" } });
    expect(requests).toHaveLength(1);
    expect(parseSingleResult(step)).toMatchObject({
      outcome: "delivered",
      responseStatus: status,
      attemptCount: 1,
      reason: null,
    });
  });

  test.each<[number, string]>([
    [300, "redirects are not followed"],
    [304, "redirects are not followed"],
    [400, "it could not read the body"],
    [401, "invalid signature or credentials"],
    [402, "answered 402"],
    [403, "forbidden"],
    [404, "nothing is at this URL"],
    [405, "POST is not allowed"],
    [409, "answered 409"],
    [410, "the webhook is gone for good"],
    [413, "the body is too large"],
    [415, "JSON is not accepted"],
    [422, "answered 422"],
  ])("%i is final", async (status, reason) => {
    const { step, requests } = await runPostStep(quick, { answers: [{ status }] });
    expect(requests).toHaveLength(1);
    expect(step).toMatchObject({ exitCode: 1, conclusion: "failure", outputs: { ok: "false", failed: "1" } });
    expect(parseSingleResult(step)).toMatchObject({
      outcome: "failed",
      responseStatus: status,
      attemptCount: 1,
    });
    expect(parseSingleResult(step).reason).toContain(`answered ${status}`);
    expect(parseSingleResult(step).reason).toContain(reason);
  });

  test.each([408, 425, 429, 500, 502, 503, 504, 599])("%i is retried, and again", async (status) => {
    const { step, requests } = await runPostStep(quick, { answers: [{ status }] });
    expect(requests).toHaveLength(3);
    expect(step.outputs).toMatchObject({ ok: "false", attempts: "3", failed: "1" });
    expect(parseSingleResult(step)).toMatchObject({
      outcome: "failed",
      responseStatus: status,
      attemptCount: 3,
    });
    expect(step.annotations).toMatchObject([{ level: "error" }]);
    expect(step.annotations[0]?.message).toContain(`answered ${status}`);
    expect(step.annotations[0]?.message).toMatch(/\(after 3 attempts\)$/);
  });

  test.each([301, 302, 303, 307, 308])("%i leads nowhere, and says so", async (status) => {
    await using elsewhere = await Receiver.open();
    const { step, requests } = await runPostStep(quick, {
      answers: [{ status, redirect: elsewhere.url("/moved") }],
    });
    expect([requests.length, elsewhere.requests.length]).toEqual([1, 0]);
    expect(parseSingleResult(step).reason).toBe(
      `answered ${status}, redirects are not followed: give the URL that it leads to`,
    );
  });
});

describe.concurrent("attempts", () => {
  const answers = (count: number): readonly Answer[] => [
    ...Array.from({ length: count }, () => ({ status: 503 })),
    { status: 200 },
  ];

  test("go on until one is delivered, and are counted", async () => {
    const { step, requests } = await runPostStep({ "max-retry-delay": "10ms" }, { answers: answers(4) });
    expect(requests).toHaveLength(5);
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true", attempts: "5" } });
    expect(parseSingleResult(step)).toMatchObject({
      outcome: "delivered",
      responseStatus: 200,
      attemptCount: 5,
    });
    expect(step.log).toMatch(/: delivered in \d+ ms, at attempt 5$/m);
    expect(step.log.match(/answered 503, the receiver's own failure; again in 0\.0 s$/gm)).toHaveLength(4);
  });

  test("are five by default", async () => {
    const { step, requests } = await runPostStep({ "max-retry-delay": "10ms" }, { answers: answers(9) });
    expect([requests.length, step.outputs["ok"]]).toEqual([5, "false"]);
  });

  test("are as many as retries allow, and one", async () => {
    const { requests } = await runPostStep(
      { retries: 10, "max-retry-delay": "5ms" },
      { answers: answers(99) },
    );
    expect(requests).toHaveLength(11);
  });

  test("are one with retries: 0", async () => {
    const { step, requests } = await runPostStep({ retries: 0 }, { answers: answers(1) });
    expect([requests.length, step.exitCode]).toEqual([1, 1]);
    expect(step.annotations[0]?.message).toMatch(/answered 503, the receiver's own failure$/);
  });

  test("end at an answer that is final", async () => {
    const { step, requests } = await runPostStep(quick, { answers: [{ status: 500 }, { status: 410 }, {}] });
    expect([requests.length, parseSingleResult(step).responseStatus]).toEqual([2, 410]);
  });
});
