import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { HeronError } from "../../src/errors.ts";
import { compileSlackTemplate } from "../../src/slack/template.ts";
import { compileTemplate, validateTemplate } from "../../src/templates/compile.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

/** Text out of what placeholders are made of. */
const anyAttempt = fc.string({
  unit: fc.constantFrom(
    ...[
      "{{",
      "}}",
      "{{{{",
      "{",
      "}",
      " ",
      "data",
      ".a",
      "[",
      "]",
      "[0]",
      '["',
      '"',
      "??",
      " ?? ",
      "\\",
      "\n",
    ],
    ...['"x"', "null", "1e", "-", "[1]", '{"a":', "topic", "webhook", "webhook.id", "😀", "\u2028"],
  ),
  maxLength: 12,
});

const anyOptions = fc.record(
  { profile: fc.constant("heap" as const), missing: fc.constantFrom("null" as const, "omit" as const) },
  { requiredKeys: [] },
);

/** The code that compiling ends with; null if it compiles. */
function catchCode(compile: () => unknown): string | null {
  try {
    compile();
    return null;
  } catch (error) {
    if (HeronError.is(error)) return error.code;
    throw error;
  }
}

const anyInput = fc.oneof(
  fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.jsonValue(),
  anyAttempt,
  fc.string({ unit: "binary" }),
  fc.dictionary(fc.string(), anyAttempt),
);

test("anything compiles, or is template_invalid; validating says the same", () => {
  const seen = new Set<string | null>();
  fc.assert(
    fc.property(anyInput, anyOptions, (json, options) => {
      const code = catchCode(() => compileTemplate(json, options));
      expect([null, "template_invalid"]).toContain(code);
      const faults = validateTemplate(json, options);
      expect(faults.length === 0).toBe(code === null);
      for (const { pointer, expected, found } of faults) {
        expect(pointer.slice(0, 1)).toBe(pointer === "" ? "" : "/");
        expect(expected).not.toBe("");
        expect(found).not.toBe("");
      }
      seen.add(code);
    }),
    getRuns(3000),
  );
  expect(seen.size).toBe(getRuns(3000).numRuns > 100 ? 2 : seen.size);
});

test("anything compiles for Slack, or is template_invalid", () => {
  fc.assert(
    fc.property(anyInput, fc.boolean(), (json, workflow) => {
      expect([null, "template_invalid"]).toContain(catchCode(() => compileSlackTemplate(json, { workflow })));
    }),
    getRuns(1000),
  );
});

test("a fault's offset is where the text stops being a template: what came before was right", () => {
  fc.assert(
    fc.property(anyAttempt, (text) => {
      const [fault] = validateTemplate(text);
      if (fault?.offset === null || fault === undefined) return;
      expect(fault.offset).toBeGreaterThanOrEqual(text.indexOf("{{") + 2);
      expect(fault.offset).toBeLessThanOrEqual(text.length);
    }),
    getRuns(1000),
  );
});

test("any JSON whose strings hold no {{ is a template of itself", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (json) => {
      fc.pre(!JSON.stringify(json).includes("{{"));
      expect(compileTemplate(json).renderText({})).toBe(JSON.stringify(json));
    }),
    getRuns(1000),
  );
});
