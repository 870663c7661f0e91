import type { BenchOptions } from "./options.ts";

type Bench = (options: BenchOptions) => Promise<void>;

interface BenchEntry {
  /** Loaded on demand, so that the process has no modules of other benches. */
  readonly load: () => Promise<Bench>;
  readonly hasParts?: boolean;
}

const BENCHES: ReadonlyMap<string, BenchEntry> = new Map<string, BenchEntry>([
  ["receive", { load: async () => (await import("./receive/receive.ts")).benchReceive }],
  ["template", { load: async () => (await import("./template/template.ts")).benchTemplates }],
  ["send", { load: async () => (await import("./send/send.ts")).benchSend, hasParts: true }],
  ["postgres", { load: async () => (await import("./postgres/postgres.ts")).postgres, hasParts: true }],
  ["console", { load: async () => (await import("./console/console.ts")).benchConsole, hasParts: true }],
  ["action", { load: async () => (await import("./action/action.ts")).benchAction }],
]);

const [name = "", ...given] = process.argv.slice(2);
const bench = BENCHES.get(name);
const options = given.filter((argument) => argument.startsWith("-"));
const parts = given.filter((argument) => !argument.startsWith("-"));
if (
  bench === undefined ||
  options.some((option) => option !== "--quick") ||
  (parts.length > 0 && bench.hasParts !== true)
) {
  const names = [...BENCHES].map(([key, { hasParts = false }]) => (hasParts ? `${key} [part ...]` : key));
  console.error(`usage: pnpm bench ${names.join("|")} [--quick]`);
  process.exitCode = 2;
} else {
  const run = await bench.load();
  await run({ isQuick: options.includes("--quick"), parts });
}
