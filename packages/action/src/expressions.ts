import { warning } from "@actions/core";
import { type InputName, wrong } from "./inputs.ts";

/**
 * An expression that the runner would have expanded, had it seen it: it expands those of workflow files alone. A name
 * that is none of its contexts and functions is no expression: `${{ data.amount }}` is a dollar sign before an amount.
 * Source: GitHub Docs, "Contexts", "Evaluate expressions".
 */
const EXPRESSION =
  /\$\{\{\s*!?\(*(github|env|vars|job|jobs|steps|runner|secrets|strategy|matrix|needs|inputs|contains|startsWith|endsWith|format|join|toJSON|fromJSON|hashFiles|success|always|cancelled|failure)\b/;

/** @throws HeronError `option_invalid` if a text holds an expression that was not expanded */
export function refuseExpression(name: InputName, text: string): void {
  const context = EXPRESSION.exec(text)?.[1];
  if (context === undefined) return;
  const placeholder = context === "github" || context === "job";
  throw wrong(
    name,
    `holds the expression \${{ ${context}… }} as it was written: GitHub expands expressions in workflow files alone. ${
      placeholder
        ? `Write the placeholder {{ ${context}… }}, without the dollar sign`
        : "Put its value into data by a line of fields in the workflow file, and read it as {{ data.name }}"
    }`,
  );
}

/** The same where it may be meant: in data, which may well hold the text of a workflow. */
export function warnOfExpression(name: InputName, text: string): void {
  const context = EXPRESSION.exec(text)?.[1];
  if (context !== undefined)
    warning(
      `Input ${name} holds the expression \${{ ${context}… }}, which is sent as it was written: GitHub expands expressions in workflow files alone.`,
    );
}
