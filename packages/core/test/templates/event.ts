import { compileTemplate } from "../../src/templates/compile.ts";
import type { TemplateOptions } from "../../src/templates/options.ts";
import type { TemplateScope } from "../../src/templates/path.ts";

/** An event and what stands beside it. */
export const SCOPE: TemplateScope = {
  topic: "invoice.paid",
  created: "2026-01-01T00:00:00+00:00",
  id: "evt_1",
  data: {
    amount: 12.5,
    zero: 0,
    paid: true,
    none: null,
    empty: "",
    name: 'Ann "A" Lee\n',
    lines: [{ sku: "a" }, { sku: "b" }],
    owner: { name: "Bo" },
    "any key": "found",
    'q"}}': "quoted",
    "0": "zeroth",
    "": "unnamed",
    line_2A: "second",
  },
  meta: { source: "api" },
  user: { plan: "pro" },
  webhook: { id: "wh_1" },
};

export function render(json: unknown, options: TemplateOptions = {}, scope: TemplateScope = SCOPE): unknown {
  return compileTemplate(json, options).render(scope);
}

export function text(json: unknown, options: TemplateOptions = {}, scope: TemplateScope = SCOPE): string {
  return compileTemplate(json, options).renderText(scope);
}
