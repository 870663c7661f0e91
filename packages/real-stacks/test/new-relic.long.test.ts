import { createRequire } from "node:module";
import { testInstrumentedStack } from "../src/express/instrumented-suite.ts";

testInstrumentedStack({
  name: "New Relic",
  versions: ["Express 5", "Express 4"],
  execArgv: ["--require", createRequire(import.meta.url).resolve("newrelic")],
  // In its mode for functions it instruments all, and connects to nothing.
  env: {
    NEW_RELIC_ENABLED: "true",
    NEW_RELIC_NO_CONFIG_FILE: "true",
    NEW_RELIC_SERVERLESS_MODE_ENABLED: "true",
    NEW_RELIC_APP_NAME: "real-stacks",
    NEW_RELIC_LOG_ENABLED: "false",
    NEW_RELIC_HOST: "127.0.0.1",
    NEW_RELIC_PORT: "9",
  },
});
