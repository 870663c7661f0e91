import { warning } from "@actions/core";
import { ANNOTATION_PROPERTIES } from "./annotations.ts";
import { createInputError, type InputName } from "./inputs.ts";

/**
 * An expression that the runner did not expand: it expands only those in workflow files. Any name other than its
 * contexts and functions is no expression: `${{ data.amount }}` is a dollar sign and a placeholder.
 * Case-insensitive, as in GitHub.
 * Source: GitHub Docs, "Contexts", "Evaluate expressions".
 */
const EXPRESSION =
  /\$\{\{[\s!(]*(github|env|vars|jobs?|steps|runner|secrets|strategy|matrix|needs|inputs|contains|(?:start|end)sWith|format|join|toJSON|fromJSON|hashFiles|success|always|cancelled|failure)\b/i;

/** The inputs that take placeholders. */
const TEMPLATE_INPUTS: ReadonlySet<InputName> = new Set(["message", "template", "template-file"]);

/** @throws HeronError `option_invalid` if a text holds an expression that was not expanded */
export function assertNoExpression(name: InputName, text: string): void {
  const context = EXPRESSION.exec(text)?.[1];
  if (context === undefined) return;
  throw createInputError(
    name,
    `holds the expression \${{ ${context}… }} as it was written: GitHub expands expressions in workflow files alone${
      TEMPLATE_INPUTS.has(name) ? `. ${suggestPlaceholder(context.toLowerCase())}` : ""
    }`,
  );
}

function suggestPlaceholder(context: string): string {
  return context === "github" || context === "job"
    ? `Write the placeholder {{ ${context}… }}, without the dollar sign`
    : "Put its value into data by a line of fields in the workflow file, and read it as {{ data.name }}";
}

/** Only warns: data can contain the text of a workflow on purpose. */
export function warnAboutExpression(name: InputName, text: string): void {
  const context = EXPRESSION.exec(text)?.[1];
  if (context !== undefined)
    warning(
      `Input ${name} holds the expression \${{ ${context}… }}, which is sent as it is: GitHub expands expressions in workflow files alone.`,
      ANNOTATION_PROPERTIES,
    );
}
