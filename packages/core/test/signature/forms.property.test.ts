import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { HeronError } from "../../src/errors.ts";
import type { BodyForm } from "../../src/signature/body-forms.ts";
import { sign } from "../../src/signature/sign.ts";
import { verify } from "../../src/signature/verify.ts";
import { bytes, SECRET } from "../test-receiver.ts";
import { collectForms } from "./collect-forms.ts";
import { anyJson, anyStyle, getMeaning, type Json, type JsonStyle, PYTHON, writeJson } from "./json-style.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

/** The form that a body proves for what was signed; null if it is refused. */
function getForm(body: Uint8Array, signed: string): BodyForm | null {
  try {
    return verify(body, sign(signed, SECRET), SECRET).form;
  } catch (error) {
    if (HeronError.is(error, "signature_mismatch")) return null;
    throw error;
  }
}

test("the test's own serializer writes what JSON.parse reads", () => {
  const value: Json = {
    is: "object",
    entries: [
      ["é\u007f", { is: "string", text: '😀\ud800"\\\n' }],
      [
        "n",
        {
          is: "array",
          items: [
            { is: "bare", text: "1e-07" },
            { is: "bare", text: "null" },
          ],
        },
      ],
    ],
  };
  expect(writeJson(value, PYTHON)).toBe(
    '{"\\u00e9\\u007f":"\\ud83d\\ude00\\ud800\\"\\\\\\n","n":[1e-07,null]}',
  );
  expect(writeJson(value, { gap: () => " ", plain: () => true })).toBe(
    ' { "é\u007f" : "😀\\ud800\\"\\\\\\n" , "n" : [ 1e-07 , null ] } ',
  );
});

test("whatever the spelling of the body, what Python signed is verified, and by the right form", () => {
  const seen = new Set<BodyForm | null>();
  fc.assert(
    fc.property(anyJson, anyStyle, (value, spelling) => {
      const signed = writeJson(value, PYTHON);
      // A spelling's choices are used up as it writes, so the spaced text and its unspaced one are made together.
      const choices: boolean[] = [];
      const kept: JsonStyle = {
        gap: spelling.gap,
        plain: (char) => choices[choices.push(spelling.plain(char)) - 1] === true,
      };
      const body = writeJson(value, kept);
      let next = 0;
      const compact = writeJson(value, { gap: () => "", plain: () => choices[next++] === true });
      const expected: BodyForm = body === signed ? "raw" : compact === signed ? "compact" : "compact-ascii";
      const form = getForm(bytes(body), signed);
      seen.add(form);
      expect(form).toBe(expected);
    }),
    getRuns(1500),
  );
  expect([...seen].sort()).toEqual(["compact", "compact-ascii", "raw"]);
});

/** Another text, like this one but for a token. */
const anyEdit = fc.record({
  at: fc.nat(10_000),
  remove: fc.nat(2),
  insert: fc.constantFrom(
    "",
    "",
    "0",
    "1",
    '"',
    "\\",
    " ",
    "\n",
    "é",
    "\u007f",
    "\\u00e9",
    "u",
    "a",
    ",",
    "-",
    "e",
    "x",
  ),
});

test("no form lets a body through that says something else than what was signed", () => {
  let refused = 0;
  fc.assert(
    fc.property(anyJson, anyStyle, anyEdit, (value, spelling, { at, remove, insert }) => {
      const body = writeJson(value, spelling);
      const place = at % (body.length + 1);
      const edited = body.slice(0, place) + insert + body.slice(place + remove);
      for (const signed of [body, writeJson(value, PYTHON)]) {
        const same = getMeaning(edited) === getMeaning(signed) || getMeaning(edited) === null;
        const form = getForm(bytes(edited), signed);
        if (form === null) refused++;
        if (!same) expect(form).toBe(null);
      }
    }),
    getRuns(1500),
  );
  expect(refused).toBeGreaterThan(getRuns(1500).numRuns / 2);
});

/** The value with its `n`th scalar replaced by another. */
function removeScalar(value: Json, n: { left: number }): Json {
  if (value.is === "array") return { ...value, items: value.items.map((item) => removeScalar(item, n)) };
  if (value.is === "object")
    return { ...value, entries: value.entries.map(([key, inner]) => [key, removeScalar(inner, n)]) };
  return n.left-- === 0 ? { is: "string", text: "another" } : value;
}

test("a value with one scalar replaced is rejected in every spelling", () => {
  fc.assert(
    fc.property(anyJson, anyStyle, fc.nat(5), (value, spelling, n) => {
      const other = removeScalar(value, { left: n });
      const signed = writeJson(value, PYTHON);
      fc.pre(getMeaning(writeJson(other, PYTHON)) !== getMeaning(signed));
      expect(getForm(bytes(writeJson(other, spelling)), signed)).toBe(null);
    }),
    getRuns(1000),
  );
});

test("what is not UTF-8 has no other form", () => {
  fc.assert(
    fc.property(anyJson, anyStyle, fc.nat(1000), (value, spelling, at) => {
      const body = [...bytes(writeJson(value, spelling))];
      body.splice(at % (body.length + 1), 0, 0xff);
      expect(collectForms(Uint8Array.from(body))).toEqual([]);
    }),
    getRuns(500),
  );
});

test("each form is made once, differs from those before it, and says the same", () => {
  fc.assert(
    fc.property(anyJson, anyStyle, (value, spelling) => {
      const body = writeJson(value, spelling);
      const forms = collectForms(bytes(body));
      const texts = [body, ...forms.map((form) => form.text.toString("utf8"))];
      expect(new Set(texts).size).toBe(texts.length);
      expect(new Set(forms.map((form) => form.form)).size).toBe(forms.length);
      for (const text of texts) expect(getMeaning(text)).toBe(getMeaning(body));
    }),
    getRuns(1000),
  );
});
