import fc from "fast-check";
import { confusesKeys } from "../test-receiver.ts";
import type { Node, ReferencePlaceholder } from "./reference.ts";

/** Names that a path may meet, and those that lead to prototypes. */
const NAMES = ["a", "b", "data", "0", "1", "length", "x y", 'q"}}', "__proto__", "constructor", "toString"];
const anyName: fc.Arbitrary<string> = fc.constantFrom(...NAMES);

const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.string({ unit: fc.constantFrom(...'{}{}"\\ $a\n\u2028', "😀"), maxLength: 8 }),
);

function toKey(text: string): boolean {
  return !confusesKeys({ [text]: 0 });
}

/** JSON whose keys are those that paths ask for. */
export const anyData: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(anyText, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(anyName, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;

/** What a template may be given, with or without each root. */
export const anyScope: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.record(
  { topic: anyText, created: anyText, id: anyText, data: anyData, meta: anyData, user: anyData },
  { requiredKeys: [] },
);

function writePath(root: string, rest: readonly (readonly [name: string, dotted: boolean])[]): string {
  return rest.reduce((text, [name, dotted]) => {
    if (dotted && /^[A-Za-z_]\w*$/.test(name)) return `${text}.${name}`;
    return dotted && /^\d+$/.test(name) ? `${text}[${name}]` : `${text}[${JSON.stringify(name)}]`;
  }, root);
}

const anyPlaceholder: fc.Arbitrary<ReferencePlaceholder> = fc
  .tuple(
    fc.constantFrom("topic", "created", "id", "data", "data", "data", "meta", "user"),
    fc.array(fc.tuple(anyName, fc.boolean()), { maxLength: 3 }),
    fc.option(fc.record({ fallback: anyData }), { nil: {} }),
  )
  .map(([root, rest, fallback]) => ({
    path: [root, ...rest.map(([name]) => name)],
    spelled: writePath(root, rest),
    ...fallback,
  }));

/** Text and placeholders in turn. A brace right before a placeholder would be taken for a part of its own. */
const anyString: fc.Arbitrary<Node> = fc
  .tuple(anyText, fc.array(fc.tuple(anyPlaceholder, anyText), { maxLength: 3 }))
  .map(([first, rest]) => {
    const parts = [first, ...rest.flat()].filter((part) => part !== "");
    const apart = parts.map((part, i) =>
      typeof part === "string" && i < parts.length - 1 ? `${part.replace(/\{+$/, "")} ` : part,
    );
    return { is: "string" as const, parts: apart };
  });

const anyWhole: fc.Arbitrary<Node> = anyPlaceholder.map((read) => ({ is: "string" as const, parts: [read] }));

/** Any template, as what it means. */
export const anyTemplate: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      anyWhole,
      anyString,
      fc
        .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null))
        .map((value) => ({ is: "plain" as const, value })),
    ),
    fc.array(tie("node"), { maxLength: 4 }).map((items) => ({ is: "list" as const, items })),
    fc
      .uniqueArray(fc.tuple(fc.oneof(anyName, anyText.filter(toKey)), tie("node")), {
        maxLength: 4,
        selector: ([key]) => key,
      })
      .map((entries) => ({ is: "object" as const, entries })),
  ),
})).node;
