import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface TypeCheckInput {
  /** A TypeScript module. */
  readonly code: string;
  /** The folders of the packages that it imports, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/** TypeScript 7 of the workspace, as a program for Node: CI does not have `node_modules/.bin` on its path. */
export const TSC: string = fileURLToPath(
  new URL("../../../node_modules/@typescript/native/bin/tsc", import.meta.url),
);

/** The compiler's errors for a module, compiled alone so that no globals of other tests apply. */
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
    execFile(process.execPath, [TSC, ...flags, ...lib, "app.ts"], { cwd: home }, (error, stdout) => {
      rmSync(home, { recursive: true });
      resolve(error === null ? "" : stdout || error.message);
    }),
  );
}
