// Builds the page and embeds it into the source as text, so that it is served from any bundle.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "vite";

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly css?: readonly string[];
}

const root = join(import.meta.dirname, "..");
await build({ root: join(root, "web"), configFile: join(root, "web/vite.config.ts"), logLevel: "warn" });

const built = join(root, "dist-web");
const manifest = JSON.parse(readFileSync(join(built, ".vite/manifest.json"), "utf8")) as Record<
  string,
  Chunk
>;
const chunks = Object.values(manifest);
const entry = chunks.find(({ isEntry }) => isEntry === true);
if (entry === undefined) throw new Error("the page has no entry");
const files = new Set(chunks.flatMap(({ file, css = [] }) => [file, ...css]));

const assets = [...files].sort().map((file) => {
  const bytes = readFileSync(join(built, file));
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const etag = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  return {
    file,
    type: file.endsWith(".css") ? "text/css" : "text/javascript",
    etag,
    brotli: brotli.toString("base64"),
  };
});

const folder = join(root, "src/page");
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, "assets.gen.ts"),
  `// Made by scripts/embed.ts from web/: not to be changed by hand.
export interface Asset {
  readonly file: string;
  readonly type: string;
  readonly etag: string;
  /** Brotli, as base64. */
  readonly brotli: string;
}

export const SCRIPT: string = ${JSON.stringify(entry.file)};
export const STYLES: readonly string[] = ${JSON.stringify(entry.css ?? [])};
export const ASSETS: readonly Asset[] = ${JSON.stringify(assets, null, 2)};
`,
);
rmSync(built, { recursive: true });
const size = assets.reduce((sum, { brotli }) => sum + Buffer.byteLength(brotli, "base64"), 0);
console.log(`the page: ${files.size} files, ${size.toLocaleString("en")} bytes compressed`);
