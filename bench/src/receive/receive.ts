import { describeMachine } from "../machine.ts";
import type { BenchOptions } from "../options.ts";
import { benchInvalidSignature } from "./invalid-signature.ts";
import { benchServers } from "./serve.ts";
import { benchVerify } from "./verify.ts";

/** Benchmarks of receiving: verification, rejection, and whole servers, each beside alternatives. */
export async function benchReceive(options: BenchOptions): Promise<void> {
  console.log(`${describeMachine()}${options.isQuick ? ", quick: a trial run, nothing to judge by" : ""}`);
  await benchVerify(options);
  await benchInvalidSignature(options);
  await benchServers(options);
}
