// Writes the tables of inputs and outputs in README.md from action.yml: `node readme.ts`. A test holds the one to the other.
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

interface Manifest {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

const readme = new URL("README.md", import.meta.url);

/** The page with its tables as action.yml has them now. */
export function withTables(page: string): string {
  const { inputs, outputs } = parse(readFileSync(new URL("action.yml", import.meta.url), "utf8")) as Manifest;
  const inputRows = Object.entries(inputs).map(
    ([name, { description, default: value }]) =>
      `| \`${name}\` | ${value === undefined ? "" : `\`${value}\``} | ${description} |`,
  );
  const outputRows = Object.entries(outputs).map(
    ([name, { description }]) => `| \`${name}\` | ${description} |`,
  );
  return [
    ["inputs", "| input | default | |", "|---|---|---|", ...inputRows],
    ["outputs", "| output | |", "|---|---|", ...outputRows],
  ].reduce(
    (text, [name, ...lines]) =>
      text.replace(
        new RegExp(`(<!-- ${name}: [^>]*-->\n)[\\s\\S]*?(<!-- end -->)`),
        (_, open: string, close: string) => `${open}\n${lines.join("\n")}\n\n${close}`,
      ),
    page,
  );
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1])
  writeFileSync(readme, withTables(readFileSync(readme, "utf8")));
