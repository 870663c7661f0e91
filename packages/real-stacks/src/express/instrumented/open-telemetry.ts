// Preloaded: `node --import`. OpenTelemetry wraps the middleware of routers, with recorded spans.
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { RouterInstrumentation } from "@opentelemetry/instrumentation-router";

registerInstrumentations({
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new RouterInstrumentation()],
});
