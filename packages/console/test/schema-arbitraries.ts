import type { JsonSchema } from "@heron-webhooks/core";
import fc from "fast-check";

type Schemas = Readonly<Record<string, JsonSchema>>;

/** Generates valid values of a schema. Covers the keywords that the console's document uses. */
export function toArbitrary(schema: JsonSchema, schemas: Schemas): fc.Arbitrary<unknown> {
  const {
    $ref,
    enum: enumValues,
    type,
    anyOf,
  } = schema as {
    readonly $ref?: string;
    readonly enum?: readonly unknown[];
    readonly type?: string | readonly string[];
    readonly anyOf?: readonly JsonSchema[];
  };
  if ($ref !== undefined)
    return toArbitrary(schemas[$ref.split("/").at(-1) as string] as JsonSchema, schemas);
  if (enumValues !== undefined) return fc.constantFrom(...enumValues);
  if (anyOf !== undefined)
    return fc.oneof(
      ...anyOf.map((schemaVariant) =>
        toArbitrary({ ...schema, anyOf: undefined, ...schemaVariant }, schemas),
      ),
    );
  if (type === undefined) return fc.jsonValue();
  if (Array.isArray(type))
    return fc.oneof(...type.map((typeName) => toArbitrary({ ...schema, type: typeName }, schemas)));
  return ARBITRARY_BY_TYPE[type as string]?.(schema as Facets, schemas) ?? fc.jsonValue();
}

interface Facets {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** Meaningful texts, which random strings would not produce. */
const MEANINGFUL_TEXTS = fc.constantFrom(
  "https://example.com/hooks",
  "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
  "invoice.paid",
  "end_user.*",
  "**",
  "1h",
  "••••••••",
  "sec_0123456789abcdef0123456789abcdef",
);

const ARBITRARY_BY_TYPE: Readonly<
  Record<string, (schema: Facets, schemas: Schemas) => fc.Arbitrary<unknown>>
> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ minimum = -(2 ** 31), maximum = 2 ** 31 }) => fc.integer({ min: minimum, max: maximum }),
  number: () => fc.double({ noNaN: true, noDefaultInfinity: true }),
  string: ({ maxLength = 100, pattern }) =>
    pattern === undefined
      ? fc.oneof(MEANINGFUL_TEXTS, fc.string({ maxLength, unit: "binary" }))
      : fc.stringMatching(new RegExp(pattern)),
  array: ({ items = {}, minItems = 0, maxItems = 5 }, schemas) =>
    fc.array(toArbitrary(items, schemas), { minLength: minItems, maxLength: Math.min(5, maxItems) }),
  object({ properties = {}, required = [], additionalProperties }, schemas) {
    const knownProperties = fc.record(
      Object.fromEntries(
        Object.entries(properties).map(([name, propertySchema]) => [
          name,
          toArbitrary(propertySchema, schemas),
        ]),
      ),
      { requiredKeys: [...required] },
    );
    if (typeof additionalProperties !== "object") return knownProperties;
    const additional = fc.dictionary(
      fc.string({ maxLength: 20 }),
      toArbitrary(additionalProperties, schemas),
      {
        maxKeys: 3,
      },
    );
    return fc.tuple(additional, knownProperties).map(([more, own]) => ({ ...more, ...own }));
  },
};

/** Generates invalid and unusual values of a schema. */
export function toInvalidArbitrary(schema: JsonSchema, schemas: Schemas): fc.Arbitrary<unknown> {
  const deep = JSON.parse(`${'{"a":'.repeat(500)}1${"}".repeat(500)}`) as unknown;
  const unusualValue = fc.oneof(
    fc.constantFrom<unknown>(null, 0, "", [], {}, true, "\0", "\ud800", "x".repeat(70_000), deep),
    fc.jsonValue(),
  );
  return fc.oneof(
    unusualValue,
    fc
      .tuple(toArbitrary(schema, schemas), fc.string({ maxLength: 10 }), unusualValue)
      .map(([value, name, invalidValue]) => {
        if (typeof value !== "object" || value === null || Array.isArray(value)) return invalidValue;
        const names = Object.keys(value);
        const text = JSON.stringify({
          ...value,
          [names[name.length % (names.length + 1)] ?? name]: invalidValue,
        });
        return JSON.parse(name.length % 3 === 0 ? text.replace("{", '{"__proto__":{"admin":true},') : text);
      }),
  );
}
