import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The scripts to compare with, each bundled into one file as published actions are. */
export interface ScriptBundles {
  readonly byHand: string;
  readonly toolkit: string;
  readonly empty: string;
}

/** Bundles the scripts into a folder. */
export async function bundleScripts(folder: string): Promise<ScriptBundles> {
  const bundles = {
    byHand: join(folder, "by-hand.mjs"),
    toolkit: join(folder, "toolkit.mjs"),
    empty: join(folder, "empty.mjs"),
  };
  await bundle("by-hand.ts", bundles.byHand);
  await bundle("toolkit.ts", bundles.toolkit);
  await writeFile(bundles.empty, "");
  return bundles;
}

async function bundle(script: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL(`./scripts/${script}`, import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // `@actions/core` is partly CommonJS and requires Node's modules.
    banner: script.startsWith("by-hand")
      ? {}
      : {
          js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
        },
  });
}
