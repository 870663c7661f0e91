import { describe, expect, test } from "vitest";
import { HeronError } from "../../src/errors.ts";
import { sign } from "../../src/signature/sign.ts";
import { type VerifyResult, verify } from "../../src/signature/verify.ts";
import file from "../vectors/signature.json" with { type: "json" };

interface Vector {
  readonly name: string;
  readonly secret: string;
  readonly body_base64: string;
  readonly signature: string;
  readonly accepted: boolean;
  readonly accepted_raw_body_only: boolean;
  readonly form?: string | null;
}

const vectors: readonly Vector[] = file.vectors;
const getBody = (vector: Vector): Uint8Array => Buffer.from(vector.body_base64, "base64");

function getFormOrCode(vector: Vector, rawBodyOnly: boolean): string {
  try {
    const verified: VerifyResult = verify(getBody(vector), vector.signature, vector.secret, { rawBodyOnly });
    return verified.form;
  } catch (error) {
    if (HeronError.is(error)) return error.code;
    throw error;
  }
}

const refused = /^signature_(missing|malformed|mismatch)$/;

test("the file holds vectors of every kind", () => {
  expect(vectors.length).toBeGreaterThanOrEqual(26);
  for (const form of ["raw", "compact", "compact-ascii"])
    expect(vectors.some((vector) => vector.form === form)).toBe(true);
});

describe.each(vectors)("vector: $name", (vector) => {
  test(vector.accepted ? `is accepted as ${vector.form}` : "is refused", () => {
    const outcome = getFormOrCode(vector, false);
    if (vector.accepted) expect(outcome).toBe(vector.form);
    else expect(outcome).toMatch(refused);
  });

  test(vector.accepted_raw_body_only ? "is accepted by rawBodyOnly" : "is refused by rawBodyOnly", () => {
    const outcome = getFormOrCode(vector, true);
    if (vector.accepted_raw_body_only) expect(outcome).toBe("raw");
    else expect(outcome).toMatch(refused);
  });
});

test.each(vectors.filter((vector) => vector.form === "raw"))(
  "sign makes the signature of: $name",
  (vector) => {
    expect(sign(getBody(vector), vector.secret)).toBe(vector.signature);
  },
);
