import { instrumentedSuite } from "../src/express/instrumented-suite.ts";

instrumentedSuite({
  name: "OpenTelemetry",
  versions: ["Express 5", "Express 4"],
  preload: "./instrumented/open-telemetry.ts",
});

instrumentedSuite({
  name: "express-async-errors",
  versions: ["Express 4"],
  preload: "./instrumented/express-async-errors.ts",
});
