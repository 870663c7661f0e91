import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const REPOSITORY = "https://github.com/heron-webhooks/heron-webhooks";
const root = new URL("../../../", import.meta.url);

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly keywords?: readonly string[];
  readonly exports: Readonly<Record<string, unknown>>;
  readonly publishConfig?: {
    readonly exports: Readonly<Record<string, unknown>>;
    readonly typesVersions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  };
}

const published = readdirSync(new URL("packages/", root))
  .map((folder) => {
    const text = readFileSync(new URL(`packages/${folder}/package.json`, root), "utf8");
    return { folder, manifest: JSON.parse(text) as Manifest };
  })
  .filter(({ manifest }) => manifest.private !== true);

it("the packages of the README's table are published, and the engine that the sender rests on", () => {
  const folders = published.map(({ folder }) => folder);
  expect(folders.sort()).toEqual(["console", "core", "engine", "express", "fastify", "postgres", "sender"]);
});

describe.each(published)("packages/$folder", ({ folder, manifest }) => {
  it("links to its source, its README and the issues, as npm's provenance and its page need", () => {
    expect(manifest).toMatchObject({
      name: `@heron-webhooks/${folder}`,
      description: expect.stringMatching(/\.$/),
      license: "MIT",
      author: "The Heron Webhooks authors",
      homepage: `${REPOSITORY}/tree/main/packages/${folder}#readme`,
      bugs: { url: `${REPOSITORY}/issues` },
      repository: { type: "git", url: `git+${REPOSITORY}.git`, directory: `packages/${folder}` },
      engines: { node: expect.stringMatching(/^>=\d+\.\d+$/) },
    });
    expect(manifest.keywords).toContain("webhooks");
    expect(existsSync(new URL(`packages/${folder}/README.md`, root))).toBe(true);
  });

  it("has main and types for tools that do not read exports, and typesVersions for each subpath", () => {
    const exports = (path: string): object => ({
      import: { types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` },
      require: { types: `./dist/${path}.d.cts`, default: `./dist/${path}.cjs` },
    });
    const subpaths = Object.keys(manifest.exports)
      .filter((path) => path !== "." && path !== "./package.json")
      .map((path) => path.slice(2));
    expect(manifest.publishConfig).toMatchObject({
      access: "public",
      main: "./dist/index.cjs",
      types: "./dist/index.d.cts",
      exports: Object.fromEntries([
        [".", exports("index")],
        ...subpaths.map((path) => [`./${path}`, exports(path)]),
      ]),
    });
    expect(Object.keys(manifest.publishConfig?.exports ?? {})).toEqual(Object.keys(manifest.exports));
    const typed = manifest.publishConfig?.typesVersions?.["*"] ?? {};
    expect(typed).toEqual(Object.fromEntries(subpaths.map((path) => [path, [`./dist/${path}.d.cts`]])));
  });
});
