import { defineProject } from "vitest/config";
import { execArgv } from "../../vitest.threads.ts";

// Tests in a browser wait for conditions, which take their time on a machine that is busy.
export default defineProject({ test: { execArgv, testTimeout: 120_000, hookTimeout: 120_000 } });
