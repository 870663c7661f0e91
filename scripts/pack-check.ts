// Packs every published package and checks the tarballs as a user gets them: publint, attw, types, `import` and `require` on
// every supported Node, and a bundle in one file.
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
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
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
  for (const published of packages) {
    const tarball = pack(published);
    await lint(published, readFileSync(tarball));
    install(published, tarball);
  }
  writeFileSync(join(app, "package.json"), '{ "private": true }');
  const nodes = findNodes();
  for (const node of nodes) load(node);
  for (const node of nodes) refuse(node);
  types();
  typesOfNode10();
  await bundle();
} finally {
  rmSync(home, { recursive: true });
}

function pack({ folder, name, version }: Package): string {
  execFileSync("pnpm", ["pack", "--pack-destination", home], { cwd: folder, stdio: "ignore" });
  return join(home, `${name.slice(1).replace("/", "-")}-${version}.tgz`);
}

/** Both run in this process: their command lines load TypeScript again for every package. */
async function lint({ name }: Package, tarball: Uint8Array<ArrayBuffer>): Promise<void> {
  const bytes = new Uint8Array(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  const analysis = await checkPackage(createPackageFromTarballData(bytes));
  const found = [
    ...messages.map((message) => `publint: ${formatMessage(message, pkg)}`),
    ...(analysis.types
      ? analysis.problems.map((problem) => `attw: ${JSON.stringify(problem)}`)
      : ["attw: the package has no types"]),
  ];
  if (found.length > 0) throw new Error(`${name}:\n${found.join("\n")}`);
  console.error(`  ${name}: publint and attw report no problem`);
}

/** Unpacks it into an application, and links the dependencies that it declares and no other. */
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

/** `import` and `require` of every entry that supports this Node export the same names, and the entries work. */
function load(node: string): void {
  const version = versionOf(node);
  const entries = packages.filter(({ engines }) => isAtLeast(version, engines.node)).flatMap(entriesOf);
  const [imported, required] = writeLoaders(entries).map((file) =>
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
  console.error(`  ${entries.join(", ")}: work on Node ${version}, and import and require export the same`);
}

/** On a Node that is too old for an entry, the error of `import` and of `require` names the version that it needs. */
function refuse(node: string): void {
  const version = versionOf(node);
  const entries = packages.filter(({ engines }) => !isAtLeast(version, engines.node)).flatMap(entriesOf);
  if (entries.length === 0) return;
  // The sender and the engine check it; the others load one of these.
  const expected = new RegExp(
    `Error: @heron-webhooks/(sender|engine) needs Node 22\\.19 or later; this is ${version}\\.`,
  );
  for (const code of entries.flatMap((entry) => [`await import("${entry}")`, `require("${entry}")`])) {
    const type = code.startsWith("await") ? "module" : "commonjs";
    // A process for each: Node 20 ends a process that imports a module again after it failed.
    const { stderr } = spawnSync(node, [`--input-type=${type}`, "-e", code], { cwd: app, encoding: "utf8" });
    if (!expected.test(stderr))
      throw new Error(`${version}: ${code} is expected to print\n${expected}\nbut prints\n${stderr}`);
  }
  console.error(`  ${entries.join(", ")}: errors name the Node that they need, on Node ${version}`);
}

/** Writes two programs that load all entries and use them: one by `import`, one by `require`. */
function writeLoaders(entries: readonly string[]): readonly string[] {
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
// Covers the SQLite store's thread, which is a separate file in the package.
async function sent(url) {
  const { createSender, sqliteStore } = byName["@heron-webhooks/sender"] ?? {};
  if (createSender === undefined) return "";
  const sender = createSender({ store: sqliteStore(":memory:"), egress: { allow: ["127.0.0.0/8"], allowHttp: true } });
  await sender.webhooks.create({ url, topics: ["a.*"], secret });
  sender.start();
  await sender.emit("a.b", 1);
  for (;;) {
    const { data: [delivery] } = await sender.deliveries.list();
    if (delivery.attemptCount === 0) continue;
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

/** The specifiers of a package: `@heron-webhooks/core`, `@heron-webhooks/core/testing`. */
function entriesOf({ name, exports }: Package): readonly string[] {
  return Object.keys(exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => name + path.slice(1));
}

/** Whether a version such as `v22.1.0` is in a range such as `>=20.19`. */
function isAtLeast(version: string, range: string): boolean {
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  const [least = 0, leastMinor = 0] = range.slice(2).split(".").map(Number);
  return major > least || (major === least && minor >= leastMinor);
}

/** The declarations type a user's code, in a module and in CommonJS. */
function types(): void {
  const code = `import { heronWebhook } from "@heron-webhooks/express";
import { heronWebhook as plugin } from "@heron-webhooks/fastify";
import { createReceiver } from "@heron-webhooks/core/receiver";
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
 * CommonJS projects of TypeScript 5 default to `node10`, which does not read `exports`: it needs `main`, `types` and
 * `typesVersions`. Our declarations are checked as well (no `skipLibCheck`); those of TypeScript itself are not.
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
    "--ignoreDeprecations 5.0 --strict --target es2022 --module commonjs --moduleResolution node10 --esModuleInterop --types node --noEmit --skipDefaultLibCheck".split(
      " ",
    );
  execFileSync(process.execPath, [tsc, ...flags, "node10.ts"], { cwd: app, stdio: "inherit" });
  console.error("  TypeScript 5 resolves every entry as node10, without skipLibCheck");
}

/** This Node, and the older ones that the packages support where npm has them for this platform. */
function findNodes(): readonly string[] {
  const older = ["node-20", "node-22"].map((name) => resolve("node_modules", name, "bin/node"));
  for (const missing of older.filter((path) => !existsSync(path)))
    console.error(`  not checked, because npm has no such Node for this platform: ${missing}`);
  return [...older.filter((path) => existsSync(path)), process.execPath];
}

/** A receiver bundled into one file, as serverless platforms do, runs where nothing is installed. */
async function bundle(): Promise<void> {
  const source = join(app, "receiver.mjs");
  writeFileSync(
    source,
    'import { createReceiver } from "@heron-webhooks/core/receiver"; createReceiver({ secret: "sec_x" }); console.log("up");',
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
