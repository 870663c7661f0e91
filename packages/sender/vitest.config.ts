import { defineProject } from "vitest/config";
import { execArgv } from "../../vitest.threads.ts";

export default defineProject({ test: { execArgv } });
