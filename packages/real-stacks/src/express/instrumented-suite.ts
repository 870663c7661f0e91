import { fileURLToPath } from "node:url";
import { isLong } from "@heron-webhooks/conformance/runs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testStack } from "../suite.ts";
import { createExpressCases, createExpressRow } from "./application.ts";
import type { ExpressVersion } from "./positions.ts";
import { StackProcess } from "./stack-process.ts";
import { NOTHING } from "./surroundings.ts";

export interface Instrumentation {
  readonly name: string;
  readonly versions: readonly ExpressVersion[];
  /** The module to preload, in this folder, or arguments for Node. */
  readonly preload?: string;
  readonly execArgv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Tests every position in a process whose instrumentation wraps middleware of Express. */
export function testInstrumentedStack({
  name,
  versions,
  preload,
  execArgv = [],
  env = {},
}: Instrumentation): void {
  const loaded = preload === undefined ? [] : ["--import", fileURLToPath(new URL(preload, import.meta.url))];
  for (const version of versions)
    describe(`${version}, ${name}`, () => {
      let stack: StackProcess;
      beforeAll(() => {
        stack = new StackProcess(version, { execArgv: [...loaded, ...execArgv], env });
      });
      afterAll(() => stack.close());

      test(`${name} wraps middleware of ${version}, as these tests are about`, async () => {
        expect(await stack.isInstrumented()).toBe(true);
      });

      // Wrapping layers changes the receiver's position, not the result of a parser.
      for (const expressCase of createExpressCases().filter(
        ({ surrounding }) => isLong || surrounding.name === NOTHING.name,
      ))
        testStack({
          ...createExpressRow(`${version}, ${name}`, { ...expressCase, sizes: [] }, (opened) =>
            stack.open(opened),
          ),
          deliveries: ["in one packet", "chunked"],
        });
    });
}
