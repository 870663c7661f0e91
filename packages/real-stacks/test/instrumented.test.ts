import { testInstrumentedStack } from "../src/express/instrumented-suite.ts";

testInstrumentedStack({
  name: "OpenTelemetry",
  versions: ["Express 5", "Express 4"],
  preload: "./instrumented/open-telemetry.ts",
});

testInstrumentedStack({
  name: "express-async-errors",
  versions: ["Express 4"],
  preload: "./instrumented/express-async-errors.ts",
});
