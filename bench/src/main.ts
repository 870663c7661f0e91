import type { BenchOptions } from "./options.ts";

type Bench = (options: BenchOptions) => Promise<void>;

interface Entry {
  /** Loaded only when it is asked for: what another needs should not be in its process. */
  readonly load: () => Promise<Bench>;
  readonly hasParts?: boolean;
}

const BENCHES: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ["receive", { load: async () => (await import("./receive/receive.ts")).receive }],
  ["template", { load: async () => (await import("./template/template.ts")).template }],
  ["send", { load: async () => (await import("./send/send.ts")).send, hasParts: true }],
  ["postgres", { load: async () => (await import("./postgres/postgres.ts")).postgres, hasParts: true }],
  ["console", { load: async () => (await import("./console/console.ts")).consoleBench, hasParts: true }],
  ["action", { load: async () => (await import("./action/action.ts")).action }],
  ["scaling", { load: async () => (await import("./scaling/scaling.ts")).scaling }],
]);

const [name = "", ...given] = process.argv.slice(2);
const bench = BENCHES.get(name);
const options = given.filter((one) => one.startsWith("-"));
const parts = given.filter((one) => !one.startsWith("-"));
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
  await run({ quick: options.includes("--quick"), parts });
}
