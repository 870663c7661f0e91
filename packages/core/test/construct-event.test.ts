import { describe, expect, expectTypeOf, test } from "vitest";
import type { EndUserData } from "../src/catalog.ts";
import { constructEvent } from "../src/construct-event.ts";
import { HeronError } from "../src/errors.ts";
import { sign } from "../src/signature/sign.ts";
import { signedRequest } from "../src/testing.ts";

const SECRET = "sec_construct_event_0123456789";
const EVENT = {
  topic: "end_user.processed",
  data: { heron_id: "eus_1", end_user_id: "u1", status: "processed" },
};

function catchCode(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (HeronError.is(error)) return error.code;
    throw error;
  }
  return "nothing thrown";
}

describe("constructEvent", () => {
  test("returns the event of a signed request, typed by topic", () => {
    const event = constructEvent({ ...signedRequest(EVENT, SECRET), secret: SECRET });
    expect(event).toMatchObject(EVENT);
    if (event.topic === "end_user.processed") expectTypeOf(event.data).toEqualTypeOf<EndUserData>();
  });

  test.each([
    ["Headers", (headers: Record<string, string>) => new Headers(headers)],
    [
      "names in any case",
      (headers: Record<string, string>) => ({ "Heron-Signature": headers["heron-signature"] }),
    ],
  ])("reads the signature from %s", (_name, toHeaders) => {
    const { body, headers } = signedRequest(EVENT, SECRET);
    expect(constructEvent({ body, headers: toHeaders(headers), secret: SECRET }).topic).toBe(EVENT.topic);
  });

  test("reads the signature from the header that signatureHeader names", () => {
    const { body, headers } = signedRequest(EVENT, SECRET);
    const renamed = { "x-signature": headers["heron-signature"] };
    const input = { body, headers: renamed, secret: SECRET, signatureHeader: "X-Signature" };
    expect(constructEvent(input).topic).toBe(EVENT.topic);
  });

  test("accepts any of several secrets", () => {
    const request = signedRequest(EVENT, SECRET);
    expect(constructEvent({ ...request, secret: ["sec_another_0123456789012345", SECRET] }).topic).toBe(
      EVENT.topic,
    );
  });

  test("rejects everything but a signed event, with a code", () => {
    const { body, headers } = signedRequest(EVENT, SECRET);
    const secret = SECRET;
    const signedText = (text: string) => {
      const bytes = Buffer.from(text);
      return { body: bytes, headers: { "heron-signature": sign(bytes, SECRET) }, secret };
    };
    expect(catchCode(() => constructEvent({ body: Buffer.from("{}"), headers, secret }))).toBe(
      "signature_mismatch",
    );
    expect(catchCode(() => constructEvent({ body, headers: {}, secret }))).toBe("signature_missing");
    expect(catchCode(() => constructEvent({ body, headers: { "heron-signature": "x" }, secret }))).toBe(
      "signature_malformed",
    );
    expect(catchCode(() => constructEvent({ body, headers, secret: "" }))).toBe("secret_invalid");
    expect(catchCode(() => constructEvent({ body, headers, secret: [] }))).toBe("secret_missing");
    expect(catchCode(() => constructEvent({ body: "{}" as never, headers, secret }))).toBe("option_invalid");
    expect(catchCode(() => constructEvent(signedText("no JSON")))).toBe("invalid_json");
    expect(catchCode(() => constructEvent(signedText("{}")))).toBe("invalid_event");
  });

  test("with rawBodyOnly, accepts no other form of the body", () => {
    const spaced = Buffer.from('{ "topic": "a.b", "data": 1 }');
    const compact = Buffer.from('{"topic":"a.b","data":1}');
    const input = { body: spaced, headers: { "heron-signature": sign(compact, SECRET) }, secret: SECRET };
    expect(constructEvent(input).topic).toBe("a.b");
    expect(catchCode(() => constructEvent({ ...input, rawBodyOnly: true }))).toBe("signature_mismatch");
  });
});
