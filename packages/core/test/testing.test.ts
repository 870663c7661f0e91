import { expect, test } from "vitest";
import { decodeEvent } from "../src/decode.ts";
import { verify } from "../src/signature/verify.ts";
import { manualClock, signedRequest } from "../src/testing.ts";
import { catchHeronError, SECRET } from "./test-receiver.ts";

test("signedRequest is what fetch takes, and carries an event signed over its bytes", () => {
  const { method, headers, body } = signedRequest({ topic: "end_user.processed", data: { n: 1 } }, SECRET);
  expect(method).toBe("POST");
  expect(headers["content-type"]).toBe("application/json");
  expect(verify(body, headers["heron-signature"], SECRET, { rawBodyOnly: true }).form).toBe("raw");
  expect(decodeEvent(body)).toMatchObject({ topic: "end_user.processed", data: { n: 1 }, meta: null });
});

test("signedRequest's header may have another name, and then has no other", () => {
  const { headers } = signedRequest({ topic: "a.b", data: null }, SECRET, { signatureHeader: "x-sig" });
  expect(Object.keys(headers)).toEqual(["content-type", "x-sig"]);
});

test("signedRequest rejects what no sender would send", () => {
  expect(catchHeronError(() => signedRequest({ topic: "A", data: null }, SECRET)).code).toBe("topic_invalid");
  expect(catchHeronError(() => signedRequest({ topic: "a.b", data: null }, "")).code).toBe("secret_invalid");
});

test("a manual clock moves only by advance", async () => {
  const clock = manualClock(1000);
  expect(clock.now()).toBe(1000);
  await clock.advance(500);
  expect(clock.now()).toBe(1500);
});

test("timers fire in the order of their time, each at it, and once", async () => {
  const clock = manualClock(0);
  const fired: string[] = [];
  const at = (name: string) => (): void => void fired.push(`${name} at ${clock.now()}`);
  clock.setTimeout(at("late"), 300);
  clock.setTimeout(at("early"), 100);
  clock.setTimeout(at("also early"), 100);
  const cancel = clock.setTimeout(at("cancelled"), 200);
  cancel();
  await clock.advance(299);
  expect(fired).toEqual(["early at 100", "also early at 100"]);
  await clock.advance(1);
  await clock.advance(1000);
  expect(fired).toEqual(["early at 100", "also early at 100", "late at 300"]);
});

test("a timer set by another, or by what it resolved, fires in the same advance", async () => {
  const clock = manualClock(0);
  const fired: number[] = [];
  clock.setTimeout(() => {
    void Promise.resolve().then(() => clock.setTimeout(() => fired.push(clock.now()), 50));
  }, 50);
  await clock.advance(100);
  expect(fired).toEqual([100]);
});
