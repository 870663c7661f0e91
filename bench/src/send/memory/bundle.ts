import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The programs whose memory is measured, each as an application would ship it. */
export interface Bundled {
  readonly bare: string;
  readonly idle: string;
  readonly delivering: string;
}

const SENDER = new URL("../../../../packages/sender/", import.meta.url);

/** Bundles them into a folder: what Node needs to read TypeScript would be more than what is measured. */
export async function bundlePrograms(folder: string): Promise<Bundled> {
  const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  await symlink(fileURLToPath(new URL("node_modules", SENDER)), join(folder, "node_modules"));
  await build({
    entryPoints: [
      { in: here("./bare.ts"), out: "bare" },
      { in: here("./bare-thread.ts"), out: "bare-thread" },
      { in: here("./idle.ts"), out: "idle" },
      { in: here("./delivering.ts"), out: "delivering" },
      // Where the sender's bundle looks for its thread.
      {
        in: fileURLToPath(new URL("../engine/src/storage/sqlite/file/thread-main.ts", SENDER)),
        out: "sqlite/file/thread-main",
      },
    ],
    outdir: folder,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    external: ["undici", "ipaddr.js"],
  });
  return {
    bare: join(folder, "bare.js"),
    idle: join(folder, "idle.js"),
    delivering: join(folder, "delivering.js"),
  };
}
