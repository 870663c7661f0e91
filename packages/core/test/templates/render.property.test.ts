import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { HeronError } from "../../src/errors.ts";
import { compileTemplate } from "../../src/templates/compile.ts";
import { confusesKeys } from "../test-receiver.ts";
import { anyData, anyScope, anyTemplate } from "./arbitrary.ts";
import { MissingError, renderNode, toTemplate, type WhenMissing } from "./reference.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

const anyMissing = fc.constantFrom<WhenMissing>("null", "omit", "error");

/** What `act` gives as JSON text, or that something was missing. */
function toJsonOrCode(act: () => unknown): string {
  try {
    return JSON.stringify(act());
  } catch (error) {
    if (error instanceof MissingError || HeronError.is(error, "template_missing")) return "missing";
    throw error;
  }
}

test("every template renders to what walking its tree gives, whatever the scope holds", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(anyTemplate, anyScope, anyMissing, (node, scope, missing) => {
      const template = compileTemplate(toTemplate(node), { missing });
      const expected = toJsonOrCode(() => renderNode(node, scope, missing));
      expect(toJsonOrCode(() => JSON.parse(template.renderText(scope)))).toBe(expected);
      expect(toJsonOrCode(() => template.render(scope))).toBe(expected);
      seen.add(expected === "missing" ? expected : missing);
    }),
    getRuns(3000),
  );
  if (getRuns(3000).numRuns > 1000) expect([...seen].sort()).toEqual(["error", "missing", "null", "omit"]);
});

test("the text is compact, and the same each time", () => {
  fc.assert(
    fc.property(anyTemplate, anyScope, (node, scope) => {
      const template = compileTemplate(toTemplate(node));
      const text = template.renderText(scope);
      expect(text).toBe(JSON.stringify(template.render(scope)));
      expect(compileTemplate(toTemplate(node)).renderText(structuredClone(scope))).toBe(text);
    }),
    getRuns(1000),
  );
});

test("rendering changes neither the template nor the scope", () => {
  fc.assert(
    fc.property(anyTemplate, anyScope, (node, scope) => {
      const json = toTemplate(node);
      const before = JSON.stringify([json, scope]);
      compileTemplate(json).renderText(scope);
      expect(JSON.stringify([json, scope])).toBe(before);
    }),
    getRuns(500),
  );
});

test("the body is JSON for every value there is, alone and inside text", () => {
  const template = compileTemplate({ alone: "{{ data }}", inside: "<{{ data }}>" });
  fc.assert(
    fc.property(fc.oneof(anyData, fc.jsonValue(), fc.string({ unit: unpaired })), (data) => {
      fc.pre(!confusesKeys(data));
      const { alone, inside } = JSON.parse(template.renderText({ data }));
      expect(JSON.stringify(alone)).toBe(JSON.stringify(data));
      const text = typeof data === "string" ? data : data === null ? "" : JSON.stringify(data);
      expect(inside).toBe(`<${text}>`);
    }),
    getRuns(2000),
  );
});

const unpaired = fc.integer({ min: 0xd7f0, max: 0xe010 }).map((unit) => String.fromCharCode(unit));

test("values of JavaScript that JSON has not give JSON all the same, or invalid_event", () => {
  const template = compileTemplate({ alone: "{{ data }}", inside: "<{{ data }}>", deep: "{{ data.a.b }}" });
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
      (data) => {
        try {
          JSON.parse(template.renderText({ data }));
        } catch (error) {
          expect(HeronError.is(error, "invalid_event")).toBe(true);
        }
      },
    ),
    getRuns(1000),
  );
});

test("no prototype is touched, and what is rendered has the usual one", () => {
  const names = Reflect.ownKeys(Object.prototype);
  fc.assert(
    fc.property(anyTemplate, anyScope, (node, scope) => {
      const open: unknown[] = [compileTemplate(toTemplate(node)).render(scope)];
      for (let value = open.pop(); value !== undefined; value = open.pop()) {
        if (typeof value !== "object" || value === null) continue;
        expect(Object.getPrototypeOf(value)).toBe(Array.isArray(value) ? Array.prototype : Object.prototype);
        open.push(...Object.values(value));
      }
    }),
    getRuns(500),
  );
  expect(Reflect.ownKeys(Object.prototype)).toEqual(names);
});
