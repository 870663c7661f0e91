import type { BenchOptions } from "./options.ts";

type Bench = (options: BenchOptions) => Promise<void>;

/** Each loaded only when it is asked for: what another needs should not be in its process. */
const BENCHES: ReadonlyMap<string, () => Promise<Bench>> = new Map([
  ["receive", async () => (await import("./receive/receive.ts")).receive],
  ["template", async () => (await import("./template/template.ts")).template],
  ["send", async () => (await import("./send/send.ts")).send],
  ["action", async () => (await import("./action/action.ts")).action],
]);

const [name = "", ...options] = process.argv.slice(2);
const load = BENCHES.get(name);
if (load === undefined || options.some((option) => option !== "--quick")) {
  console.error(`usage: pnpm bench ${[...BENCHES.keys()].join("|")} [--quick]`);
  process.exitCode = 2;
} else {
  const bench = await load();
  await bench({ quick: options.includes("--quick") });
}
