import type { Options } from "tsup";

/** One build for every package: ESM, CommonJS and the declarations of each. */
export const base: Options = {
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  dts: true,
  clean: true,
  sourcemap: true,
  target: "node20",
  tsconfig: "../../tsconfig.json",
  // `node:` must stay: some runtimes resolve built-in modules by that prefix only.
  removeNodeProtocol: false,
};
