import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TypeCheckInput {
  /** The module, in TypeScript. */
  readonly code: string;
  /** The packages that it may import, by name, and the folder of each. */
  readonly packages: Readonly<Record<string, string>>;
}

/** What the compiler has against a module that is a program of its own, so that no global of another test is there. */
export function getTypeErrors({ code, packages }: TypeCheckInput): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "heron-types-"));
  for (const [name, folder] of Object.entries(packages)) {
    const link = join(home, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(folder, link);
  }
  writeFileSync(join(home, "package.json"), '{ "type": "module" }');
  writeFileSync(join(home, "app.ts"), code);
  const flags = "--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --types node".split(" ");
  const lib = ["--lib", "es2023,es2024.string,esnext.disposable", "--allowImportingTsExtensions"];
  return new Promise((resolve) =>
    execFile("tsc", [...flags, ...lib, "app.ts"], { cwd: home }, (error, stdout) => {
      rmSync(home, { recursive: true });
      resolve(error === null ? "" : stdout || error.message);
    }),
  );
}
