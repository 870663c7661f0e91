import { expect, test } from "vitest";
import { HeronError } from "../src/errors.ts";

test("an error has its code, message, cause and name", () => {
  const cause = new Error("below");
  const error = new HeronError("closed", "It is closed.", { cause });
  expect(error).toBeInstanceOf(Error);
  expect({ ...error, message: error.message, cause: error.cause }).toEqual({
    name: "HeronError",
    code: "closed",
    message: "It is closed.",
    cause,
  });
});

test("without a cause there is none, not even undefined", () => {
  expect(Object.hasOwn(new HeronError("closed", "It is closed."), "cause")).toBe(false);
});

test("HeronError.is compares the code", () => {
  const error = new HeronError("closed", "It is closed.");
  expect(HeronError.is(error)).toBe(true);
  expect(HeronError.is(error, "closed")).toBe(true);
  expect(HeronError.is(error, "invalid_json")).toBe(false);
});

test("HeronError.is knows an error of another copy of the package", () => {
  // A copy: the same shape, and no instance of this class.
  class Copy extends Error {
    override readonly name = "HeronError";
    readonly code = "closed";
  }
  const error = new Copy("It is closed.");
  expect(error).not.toBeInstanceOf(HeronError);
  expect(HeronError.is(error)).toBe(true);
  expect(HeronError.is(error, "closed")).toBe(true);
  expect(HeronError.is(error, "tx_unsupported")).toBe(false);
});

test.each([
  ["undefined", undefined],
  ["null", null],
  ["text", "HeronError"],
  ["a plain error", new Error("x")],
  ["an error with a code alone", Object.assign(new Error("x"), { code: "closed" })],
  ["an error with the name alone", Object.assign(new Error("x"), { name: "HeronError" })],
  ["an object that looks like one", { name: "HeronError", code: "closed", message: "x" }],
])("HeronError.is says no to %s", (_, value) => {
  expect(HeronError.is(value)).toBe(false);
});
