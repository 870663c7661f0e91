// Packs every package that is published and looks at the tarballs as a stranger would: publint, attw, loading by
// `import` and `require` on every Node we promise, and bundled into one file.
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly engines: { readonly node: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const packages = readdirSync("packages")
  .map((folder): Package => {
    const manifest = readFileSync(join("packages", folder, "package.json"), "utf8");
    return { ...(JSON.parse(manifest) as Omit<Package, "folder">), folder: resolve("packages", folder) };
  })
  .filter((manifest) => manifest.private !== true);
const home = mkdtempSync(join(tmpdir(), "heron-packed-"));
const app = join(home, "app");

try {
  for (const published of packages) install(published, check(published));
  writeFileSync(join(app, "package.json"), '{ "private": true }');
  load();
  refuse();
  types();
  typesOfNode10();
  await bundle();
} finally {
  rmSync(home, { recursive: true });
}

/** The tarball, found well-formed by both checkers. */
function check({ folder, name }: Package): string {
  const before = new Set(readdirSync(home));
  execFileSync("pnpm", ["pack", "--pack-destination", home], { cwd: folder, stdio: "ignore" });
  const tarball = join(
    home,
    readdirSync(home).find((file) => file.endsWith(".tgz") && !before.has(file)) ?? "",
  );
  execFileSync("publint", ["run", tarball, "--strict"], { stdio: ["ignore", "ignore", "inherit"] });
  execFileSync("attw", [tarball, "--quiet"], { stdio: ["ignore", "inherit", "inherit"] });
  console.error(`  ${name}: publint and attw find nothing`);
  return tarball;
}

/** Unpacks it where an application would have it, beside what it declares and nothing else. */
function install({ folder, name, dependencies, peerDependencies }: Package, tarball: string): void {
  const target = join(app, "node_modules", name);
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
  for (const needed of Object.keys({ ...dependencies, ...peerDependencies })) {
    const link = join(app, "node_modules", needed);
    if (packages.some((own) => own.name === needed) || existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(folder, "node_modules", needed), link);
  }
}

/** Every entry loads both ways on every Node at hand that it promises, names the same things, and does its work. */
function load(): void {
  for (const node of nodes()) {
    const version = versionOf(node);
    const entries = packages.filter(({ engines }) => isAtLeast(version, engines.node)).flatMap(entriesOf);
    const [imported, required] = loaders(entries).map((file) =>
      execFileSync(node, ["--throw-deprecation", file], {
        cwd: app,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      }),
    ) as [string, string];
    const sends = entries.includes("@heron-webhooks/sender");
    if (!imported.includes(sends ? "200 200 delivered" : "200 200"))
      throw new Error(`${version}: no round trip: ${imported}`);
    if (imported !== required)
      throw new Error(`${version}: import gives\n${imported}require gives\n${required}`);
    console.error(`  ${entries.join(", ")}: import and require agree, and do their work, on Node ${version}`);
  }
}

/** On a Node that is too old for an entry, the error names the version that it needs, whichever way it is loaded. */
function refuse(): void {
  for (const node of nodes()) {
    const version = versionOf(node);
    const tooNew = packages.filter(({ engines }) => !isAtLeast(version, engines.node));
    if (tooNew.length === 0) continue;
    const entries = tooNew.flatMap(entriesOf);
    const expected = `Error: @heron-webhooks/sender needs Node 22.19 or later; this is ${version}.`;
    for (const code of entries.flatMap((entry) => [`await import("${entry}")`, `require("${entry}")`])) {
      const type = code.startsWith("await") ? "module" : "commonjs";
      const { stderr } = spawnSync(node, [`--input-type=${type}`, "-e", code], {
        cwd: app,
        encoding: "utf8",
      });
      if (!stderr.includes(expected))
        throw new Error(`${version}: ${code} does not say "${expected}" but\n${stderr}`);
    }
    console.error(`  ${entries.join(", ")}: import and require say which Node they need, on Node ${version}`);
  }
}

/** Two programs that load all entries and use them: one by `import`, one by `require`. */
function loaders(entries: readonly string[]): readonly string[] {
  const names = entries.map((entry) => JSON.stringify(entry));
  const use = `
const byName = Object.fromEntries(entries.map((entry, i) => [entry, loaded[i]]));
console.log(JSON.stringify(loaded.map((entry) => Object.keys(entry).filter((name) => name !== "default" && name !== "module.exports").sort())));
const secret = "sec_packed_0123456789abcdef";
const options = { secret, on: { "a.b": () => {} }, schemas: { "a.b": { $schema: "http://json-schema.org/draft-07/schema#", type: "number" } } };
const event = byName["@heron-webhooks/core/testing"].signedRequest({ topic: "a.b", data: 1 }, secret);
const app = express();
app.use(byName["@heron-webhooks/express"].heronWebhook(options));
const server = app.listen(0, "127.0.0.1", async () => {
  const url = "http://127.0.0.1:" + server.address().port + "/webhooks/heron";
  const reply = await fetch(url, event);
  const other = fastify();
  await other.register(byName["@heron-webhooks/fastify"].heronWebhook, options);
  const injected = await other.inject({ url: "/webhooks/heron", ...event });
  console.log(reply.status, injected.statusCode, await sent(url));
  server.close();
  server.closeAllConnections();
});
// The store's thread is a file of its own in the package.
async function sent(url) {
  const { createSender, sqliteStore } = byName["@heron-webhooks/sender"] ?? {};
  if (createSender === undefined) return "";
  const sender = createSender({ store: sqliteStore(":memory:"), egress: { allow: ["127.0.0.0/8"], http: true } });
  await sender.webhooks.create({ url, topics: ["a.*"], secret });
  sender.start();
  await sender.emit("a.b", 1);
  for (;;) {
    const { items: [delivery] } = await sender.deliveries.list();
    if (delivery.attempts === 0) continue;
    await sender.close();
    return delivery.state;
  }
}`;
  const list = `const entries = [${names.join()}];`;
  const imports = 'import express from "express";\nimport fastify from "fastify";\n';
  const requires = 'const express = require("express");\nconst fastify = require("fastify");\n';
  writeFileSync(
    join(app, "load.mjs"),
    `${imports}${list}const loaded = await Promise.all([${names.map((name) => `import(${name})`).join()}]);${use}`,
  );
  writeFileSync(
    join(app, "load.cjs"),
    `${requires}${list}const loaded = [${names.map((name) => `require(${name})`).join()}];${use}`,
  );
  return ["load.mjs", "load.cjs"];
}

function versionOf(node: string): string {
  return execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
}

/** What a program may load of a package: `@heron-webhooks/core`, `@heron-webhooks/core/testing`. */
function entriesOf({ name, exports }: Package): readonly string[] {
  return Object.keys(exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => name + path.slice(1));
}

/** Whether a version such as `v22.1.0` is one of a range such as `>=20.19`. */
function isAtLeast(version: string, range: string): boolean {
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  const [least = 0, leastMinor = 0] = range.slice(2).split(".").map(Number);
  return major > least || (major === least && minor >= leastMinor);
}

/** The declarations say to `import` and to `require` what a user would rely on, their own insides checked as well. */
function types(): void {
  const code = `import { heronWebhook } from "@heron-webhooks/express";
import { heronWebhook as plugin } from "@heron-webhooks/fastify";
import { createReceiver } from "@heron-webhooks/core";
import { signedRequest } from "@heron-webhooks/core/testing";
import { createSender } from "@heron-webhooks/sender";
export const status: (middleware: ReturnType<typeof heronWebhook>) => unknown = (middleware) => middleware.receiver.close();
heronWebhook({ on: { "end_user.*": (event) => event.topic === "end_user.processed" && event.data.heron_id.length } });
createReceiver<{ "a.b": number }>({ on: { "a.*": (event) => event.topic === "a.b" && event.data.toFixed() } });
export const used: readonly unknown[] = [plugin, signedRequest];
const sender = createSender({ topics: { "invoice.paid": { example: { amount: 12.5 } } } });
export const emitted = (): Promise<unknown> => sender.emit("invoice.paid", { amount: 1 });
// @ts-expect-error: no such topic
export const unknown = (): Promise<unknown> => sender.emit("invoice.lost", { amount: 1 });
// @ts-expect-error: other data
export const wrong = (): Promise<unknown> => sender.emit("invoice.paid", { amount: "1" });
`;
  writeFileSync(join(app, "user.mts"), code);
  writeFileSync(join(app, "user.cts"), code);
  mkdirSync(join(app, "node_modules/@types"));
  for (const [from, name] of [
    [".", "node"],
    ["packages/express", "express"],
    ["packages/postgres", "pg"],
  ] as const)
    symlinkSync(resolve(from, "node_modules/@types", name), join(app, "node_modules/@types", name));
  const flags =
    "--ignoreConfig --noEmit --strict --target es2023 --module nodenext --types node --skipLibCheck".split(
      " ",
    );
  execFileSync("tsc", [...flags, "user.mts", "user.cts"], { cwd: app, stdio: "inherit" });
  console.error("  the declarations type a user's handlers, in a module and in CommonJS");
}

/**
 * TypeScript 5 as CommonJS projects have it by default: `node10` does not read `exports`, so it needs `main`, `types` and `typesVersions`.
 * The second run checks the declarations themselves as well, with what they import.
 */
function typesOfNode10(): void {
  const names = packages
    .flatMap(entriesOf)
    .map((entry, index) => `import * as entry${index} from "${entry}";\nentries.push(entry${index});\n`);
  writeFileSync(
    join(app, "node10.ts"),
    `import { heronWebhook } from "@heron-webhooks/express";
import { heronWebhook as plugin } from "@heron-webhooks/fastify";
import { signedRequest } from "@heron-webhooks/core/testing";
import express from "express";
import fastify from "fastify";
const entries: object[] = [];
${names.join("")}const app = express();
app.use(heronWebhook({ secret: "sec_x" }));
app.post("/webhooks/heron", (req, res) => {
  const topic: string | undefined = req.heronEvent?.topic;
  // @ts-expect-error: the event is typed, and not \`any\`
  req.heronEvent?.nothing;
  res.json(topic);
});
void fastify().register(plugin, { secret: "sec_x" });
const body: Uint8Array = signedRequest({ topic: "a.b", data: 1 }, "sec_x").body;
console.log(body.length, entries.length);
`,
  );
  const tsc = resolve("node_modules/typescript5/bin/tsc");
  const flags =
    "--ignoreDeprecations 5.0 --strict --target es2022 --module commonjs --moduleResolution node10 --esModuleInterop --types node --noEmit".split(
      " ",
    );
  for (const skipLibCheck of ["true", "false"])
    execFileSync(process.execPath, [tsc, ...flags, "--skipLibCheck", skipLibCheck, "node10.ts"], {
      cwd: app,
      stdio: "inherit",
    });
  console.error("  TypeScript 5 resolves every entry as node10, with and without skipLibCheck");
}

/** The oldest and the middle Node we promise, where their packages exist for this platform, and this one. */
function nodes(): readonly string[] {
  const older = ["node-20", "node-22"].map((name) => resolve("node_modules", name, "bin/node"));
  for (const missing of older.filter((path) => !existsSync(path)))
    console.error(`  not on this platform: ${missing}`);
  return [...older.filter((path) => existsSync(path)), process.execPath];
}

/** A receiver bundled into one file, as serverless platforms do, runs where nothing is installed. */
async function bundle(): Promise<void> {
  const source = join(app, "receiver.mjs");
  writeFileSync(
    source,
    'import { createReceiver } from "@heron-webhooks/core"; createReceiver({ secret: "sec_x" }); console.log("up");',
  );
  for (const [format, file] of [
    ["esm", "bundled.mjs"],
    ["cjs", "bundled.cjs"],
  ] as const) {
    const outfile = join(home, "alone", file);
    // A bundle in ESM has no `require` of its own for the built-in modules that CommonJS code asks for.
    const banner =
      format === "esm"
        ? {
            js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
          }
        : {};
    await build({
      entryPoints: [source],
      bundle: true,
      platform: "node",
      format,
      outfile,
      banner,
      logLevel: "error",
    });
    execFileSync(process.execPath, [outfile], {
      cwd: dirname(outfile),
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  console.error("  core bundled into one file, ESM and CommonJS, runs where nothing is installed");
}
