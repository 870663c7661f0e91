import type { BenchOptions } from "./options.ts";
import { receive } from "./receive/receive.ts";
import { template } from "./template/template.ts";

const BENCHES: ReadonlyMap<string, (options: BenchOptions) => Promise<void>> = new Map([
  ["receive", receive],
  ["template", template],
]);

const [name = "", ...options] = process.argv.slice(2);
const bench = BENCHES.get(name);
if (bench === undefined || options.some((option) => option !== "--quick")) {
  console.error(`usage: pnpm bench ${[...BENCHES.keys()].join("|")} [--quick]`);
  process.exitCode = 2;
} else await bench({ quick: options.includes("--quick") });
