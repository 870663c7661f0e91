import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Options } from "tsup";

const here = fileURLToPath(new URL(".", import.meta.url));
const lib = (name: string): string => join(here, "node_modules", name);

/** The packages whose code is in the built file, beside our own. A test compares them with what the bundler took in. */
export const BUNDLED: readonly string[] = ["@actions/core", "@actions/github"];

/** How the Action is built: one file with everything in it, the same bytes wherever it is built. */
export function actionBuild(outDir: string): Options {
  return {
    entry: [join(here, "src/main.ts")],
    outDir,
    format: ["esm"],
    target: "node24",
    platform: "node",
    noExternal: [/.*/],
    silent: true,
    removeNodeProtocol: false,
    tsconfig: join(here, "../../tsconfig.json"),
    splitting: false,
    minify: "terser",
    terserOptions: {
      module: true,
      ecma: 2020,
      compress: { passes: 3, unsafe_arrows: true, hoist_funs: true, keep_fargs: false },
    },
    esbuildOptions: (options) => {
      options.charset = "utf8";
    },
    footer: { js: licences() },
    esbuildPlugins: [withoutUnused],
  };
}

/**
 * Leaves out what the Action never calls and what would be most of it: of `@actions/core` the HTTP client that it has
 * for OpenID tokens, the builder of summaries and what runs programs; of `@actions/github` all but the context; of our
 * own core the profile that no template of the Action has.
 */
const withoutUnused: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "without-unused",
  setup(build) {
    build.onResolve(
      { filter: /^@actions\/http-client|^\.\/(?:summary\.js|platform\.js|heap\.ts)$/ },
      ({ path }) => ({
        path,
        namespace: "left-out",
      }),
    );
    build.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      contents:
        "export const HttpClient = null, BearerCredentialHandler = null, summary = null, markdownSummary = null, findHeapFault = null, toHeapValue = null;",
    }));
    build.onResolve({ filter: /^@actions\/github$/ }, () => ({ path: "context", namespace: "context-only" }));
    build.onLoad({ filter: /.*/, namespace: "context-only" }, () => ({
      contents:
        'import { Context } from "./lib/context.js"; export let context; try { context = new Context(); } catch { context = {}; }',
      resolveDir: lib("@actions/github"),
    }));
  },
};

/** The licences of what is bundled, as the comment that ends the file: whose it is, and the text that they share, once. */
function licences(): string {
  const shared = readLicence(join(here, "../../LICENSE"), "Heron Webhooks");
  const others = BUNDLED.map((name) => {
    const { version } = JSON.parse(readFileSync(join(lib(name), "package.json"), "utf8")) as {
      version: string;
    };
    return readLicence(join(lib(name), "LICENSE.md"), `${name} ${version}`);
  });
  const different = others.find(({ terms }) => terms !== shared.terms);
  if (different !== undefined) throw new Error(`The licence is not MIT's: ${different.copyright}`);
  return `/*!\n${[shared, ...others].map(({ copyright }) => copyright).join("\n")}\n\n${shared.terms}\n*/`;
}

/** The line that says whose a work is, and the terms below it, as one paragraph. */
function readLicence(file: string, name: string): { readonly copyright: string; readonly terms: string } {
  const paragraphs = readFileSync(file, "utf8")
    .trim()
    .split(/\n\s*\n/);
  const at = paragraphs.findIndex((paragraph) => paragraph.startsWith("Copyright"));
  const terms = paragraphs
    .slice(at + 1)
    .join(" ")
    .replace(/\s+/g, " ");
  return { copyright: `${name}: MIT, ${paragraphs[at]?.replace(/\s+/g, " ")}`, terms };
}
