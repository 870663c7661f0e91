// Preloaded: `node --import`. OpenTelemetry wraps what is given to a router, with spans that are recorded.
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { RouterInstrumentation } from "@opentelemetry/instrumentation-router";

registerInstrumentations({
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new RouterInstrumentation()],
});
