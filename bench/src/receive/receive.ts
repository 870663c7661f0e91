import { machine } from "../machine.ts";
import type { BenchOptions } from "../options.ts";
import { benchRefuse } from "./refuse.ts";
import { benchServers } from "./serve.ts";
import { benchVerify } from "./verify.ts";

/** The receiving side: verifying, refusing, and whole servers, each next to what one would use instead. */
export async function receive(options: BenchOptions): Promise<void> {
  console.log(`${machine()}${options.quick ? ", quick: a trial run, nothing to judge by" : ""}`);
  await benchVerify(options);
  await benchRefuse(options);
  await benchServers(options);
}
