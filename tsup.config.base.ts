import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import type { Options } from "tsup";

const tsconfig = fileURLToPath(new URL("tsconfig.json", import.meta.url));

interface PackageBuild extends Options {
  readonly entry?: Record<string, string>;
  /** Entries that get declarations. Default: all of them. */
  readonly typedEntry?: Record<string, string>;
  /** Files of `src` that both builds load as they are. */
  readonly copied?: readonly string[];
}

/** The build of a published package: ESM, CommonJS and the declarations of each. */
export function packageBuild({
  entry = { index: "./src/index.ts" },
  typedEntry = entry,
  copied = [],
  ...options
}: PackageBuild = {}): Options {
  return {
    entry,
    format: ["esm", "cjs"],
    clean: true,
    sourcemap: true,
    target: "node20",
    tsconfig,
    // `node:` must stay: some runtimes resolve built-in modules by that prefix only.
    removeNodeProtocol: false,
    external: copied.map((file) => `./${file}`),
    onSuccess: async () => {
      for (const file of copied) copyFileSync(`src/${file}`, `dist/${file}`);
      await writeDeclarations(typedEntry);
    },
    ...options,
  };
}

/**
 * Not tsup's `dts`, which starts TypeScript for every package and takes ten times as long. `isolatedDeclarations` lets each
 * file's declarations be derived from that file alone; `pnpm typecheck` checks the types.
 */
async function writeDeclarations(input: Record<string, string>): Promise<void> {
  const bundle = await rolldown({
    input,
    external: /^[\w@]|\.cjs$/,
    plugins: [dts({ dtsOnly: true, generator: "oxc", tsconfig })],
  });
  for (const extension of ["d.ts", "d.cts"])
    await bundle.write({
      dir: "dist",
      format: "es",
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `[name]-[hash].${extension}`,
    });
  await bundle.close();
}
