import type { Ajv, Options } from "ajv";

/**
 * Loads ajv for a draft of JSON Schema, at the first call and not before.
 *
 * A literal `require` in a CommonJS file is the only form of "synchronously, on demand" that Node
 * and every bundler follow, from `import` and from `require` alike.
 */
declare function loadAjv(draft: "draft-07" | "2020-12"): { readonly default: new (options: Options) => Ajv };
export = loadAjv;
