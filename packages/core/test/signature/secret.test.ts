import { expect, test } from "vitest";
import { toSecretList, toStandardSecret } from "../../src/signature/secret.ts";
import { catchHeronError, SECRET } from "../test-receiver.ts";

test("toStandardSecret is whsec_ and the base64 of the secret's UTF-8", () => {
  expect(toStandardSecret("sec_abc")).toBe("whsec_c2VjX2FiYw==");
  expect(toStandardSecret("ü")).toBe("whsec_w7w=");
});

test.each(["", " ", "\n\t"])("standardSecret refuses an empty secret: %j", (secret) => {
  const { code, message } = catchHeronError(() => toStandardSecret(secret));
  expect(code).toBe("secret_invalid");
  expect(message).toMatch(/this one is empty\. Check its configuration: an unset environment/);
});

test("one secret is a list of one", () => {
  expect(toSecretList(SECRET)).toEqual([SECRET]);
});

test("a secret's own white space is kept: the list is for checking, not for mending", () => {
  expect(toSecretList([`${SECRET}\n`, "b"])).toEqual([`${SECRET}\n`, "b"]);
});

test.each([{ secrets: undefined }, { secrets: [] as string[] }])(
  "no secret is secret_missing: %j",
  ({ secrets }) => {
    const { code, message } = catchHeronError(() => toSecretList(secrets));
    expect(code).toBe("secret_missing");
    expect(message).toBe("No secret: without one, any event would be accepted.");
  },
);

test.each([42, true, { secret: SECRET }, () => SECRET])(
  "what is neither a string nor a list is rejected by what it is",
  (secrets) => {
    // @ts-expect-error what JavaScript may give
    expect(catchHeronError(() => toSecretList(secrets)).code).toBe(
      secrets === undefined || secrets === null ? "secret_missing" : "secret_invalid",
    );
  },
);

test.each([
  { secrets: [SECRET, ""], found: "empty" },
  { secrets: [SECRET, "  "], found: "empty" },
  { secrets: [null, SECRET], found: "of type null" },
  { secrets: [SECRET, undefined], found: "of type undefined" },
  { secrets: [Buffer.from(SECRET)], found: "of type object" },
  { secrets: [7], found: "of type number" },
])("a list with one that is $found is secret_invalid", ({ secrets, found }) => {
  // @ts-expect-error what JavaScript may give
  const { code, message } = catchHeronError(() => toSecretList(secrets));
  expect(code).toBe("secret_invalid");
  expect(message).toContain(`this one is ${found}.`);
});
