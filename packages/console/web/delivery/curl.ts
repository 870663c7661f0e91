/** A request with masked values. */
export interface RequestPreview {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const MASK = "••••••••";

/** The curl command. Masked values become shell variables. */
export function toCurlCommand({ url, headers, body }: RequestPreview): string {
  const lines = [
    `curl ${url.includes(MASK) ? '"$WEBHOOK_URL"' : quoteForShell(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${toHeaderArgument(name, value)}`),
    // Not --data, which would read a file where the body begins with @.
    `--data-raw ${quoteForShell(body)}`,
  ];
  return lines.join(" \\\n  ");
}

/** Shell variables of the command. */
export function findVariables({ url, headers }: Pick<RequestPreview, "url" | "headers">): readonly string[] {
  const masked = Object.entries(headers).filter(([, value]) => value.includes(MASK));
  return [...(url.includes(MASK) ? ["WEBHOOK_URL"] : []), ...masked.map(([name]) => toVariableName(name))];
}

function toHeaderArgument(name: string, value: string): string {
  return value.includes(MASK) ? `"${name}: $${toVariableName(name)}"` : quoteForShell(`${name}: ${value}`);
}

function toVariableName(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
