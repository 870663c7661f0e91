import { brotliDecompressSync } from "node:zlib";
import type { Context, Hono } from "hono";
import { ASSETS, SCRIPT, STYLES } from "./assets.gen.ts";

interface PageAsset {
  readonly type: string;
  readonly etag: string;
  readonly brotli: Uint8Array<ArrayBuffer>;
  uncompressed: Uint8Array<ArrayBuffer> | null;
}

/**
 * Registers the page: one document for every path, and its assets, with URLs relative to the document. Nothing is inline or
 * loaded from another origin.
 */
export function registerPage(app: Hono, frameAncestors: readonly string[]): void {
  const assets = new Map(
    ASSETS.map(({ file, brotli, ...rest }): [string, PageAsset] => [
      `/${file}`,
      { ...rest, brotli: new Uint8Array(Buffer.from(brotli, "base64")), uncompressed: null },
    ]),
  );
  const contentSecurityPolicy = toContentSecurityPolicy(frameAncestors);
  app.get("/assets/*", (c) => {
    const asset = assets.get(c.req.path);
    return asset === undefined ? c.text("Not found.", 404) : sendAsset(c, asset);
  });
  app.get("*", (c) =>
    c.body(renderDocument(c.req.path), 200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": contentSecurityPolicy,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-cache",
    }),
  );
}

function sendAsset(c: Context, asset: PageAsset): Response {
  const headers = {
    "content-type": asset.type,
    etag: `"${asset.etag}"`,
    // The file name contains a hash of the content.
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
  };
  if (c.req.header("if-none-match") === headers.etag) return c.body(null, 304, headers);
  if (/\bbr\b/.test(c.req.header("accept-encoding") ?? ""))
    return c.body(asset.brotli, 200, { ...headers, "content-encoding": "br" });
  asset.uncompressed ??= new Uint8Array(brotliDecompressSync(asset.brotli));
  return c.body(asset.uncompressed, 200, headers);
}

/** Links assets relative to the depth of the path. */
function renderDocument(path: string): string {
  const rootPath = "../".repeat(Math.max(0, path.split("/").length - 2)) || "./";
  const styles = STYLES.map((file) => `<link rel="stylesheet" href="${rootPath}${file}">`).join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Heron</title><link rel="icon" href="data:,">${styles}<script type="module" src="${rootPath}${SCRIPT}"></script></head>
<body><div id="app"></div><noscript>The console requires JavaScript. The HTTP API is described in api/openapi.json.</noscript></body></html>
`;
}

/** Source: https://www.w3.org/TR/CSP3/ */
function toContentSecurityPolicy(frameAncestors: readonly string[]): string {
  const ancestors = frameAncestors.length === 0 ? "'none'" : frameAncestors.join(" ");
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${ancestors}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}
