import { context, metrics, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Claim, sqliteStore } from "../src/index.ts";
import { Telemetry } from "../src/telemetry/telemetry.ts";
import { createStartedSender, SECRET, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";

const spans = new InMemorySpanExporter();
const points = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
  );
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
});
afterAll(async () => {
  await reader.shutdown();
  trace.disable();
  metrics.disable();
  context.disable();
});
beforeEach(async () => {
  await reader.forceFlush();
  spans.reset();
  points.reset();
});

const CLAIM: Claim = {
  lease: "lease_1",
  delivery: "dlv_1",
  account: "default",
  webhook: "wbh_1",
  version: 1,
  topic: "a.b",
  body: "{}",
  user: null,
  traceparent: null,
  attemptCount: 0,
  retries: 0,
  ageMs: 0,
  isProbe: false,
};

/** The sums of a counter, by its attributes as JSON. */
async function counted(name: string): Promise<Readonly<Record<string, number>>> {
  await reader.forceFlush();
  const sums: Record<string, number> = {};
  for (const { scopeMetrics } of points.getMetrics())
    for (const { metrics: all } of scopeMetrics)
      for (const { descriptor, dataPoints } of all)
        if (descriptor.name === name)
          for (const { attributes, value } of dataPoints) {
            const key = JSON.stringify(attributes);
            sums[key] = (sums[key] ?? 0) + (typeof value === "number" ? value : 0);
          }
  return sums;
}

describe("spans", () => {
  for (const [name, store] of [
    ["memory", undefined],
    ["SQLite", () => sqliteStore(":memory:")],
  ] as const)
    test(`one trace goes from the request that emits to every attempt, over a store in ${name}`, async () => {
      await using sink = await RecordingServer.open();
      sink.respond = (_, index) => (index === 0 ? 503 : 200);
      const { sender } = createStartedSender(store === undefined ? {} : { store: store() });
      await using _ = sender;
      await sender.webhooks.create({ url: `${sink.url}/hook/private`, topics: ["**"], secret: SECRET });
      await trace.getTracer("application").startActiveSpan("POST /invoices", async (span) => {
        await sender.emit("invoice.paid", { card: "4242" });
        span.end();
      });
      await waitForState(sender, "delivered");
      const finished = spans.getFinishedSpans();
      const [request] = finished.filter((span) => span.name === "POST /invoices");
      const [emit] = finished.filter((span) => span.name === "heron.emit");
      const attempts = finished.filter((span) => span.name === "heron.attempt");
      expect(emit?.kind).toBe(SpanKind.PRODUCER);
      expect(emit?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
      expect(attempts.map((span) => span.spanContext().traceId)).toEqual([
        request?.spanContext().traceId,
        request?.spanContext().traceId,
      ]);
      expect(attempts.map((span) => span.parentSpanContext?.spanId)).toEqual(
        attempts.map(() => emit?.spanContext().spanId),
      );
      expect(attempts.map(({ attributes }) => attributes["heron.attempt"])).toEqual([1, 2]);
      expect(attempts.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([503, 200]);
      expect(attempts.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.UNSET]);
    });

  test("nothing that is private is in a span: no path, no body, no secret", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender();
    await using _ = sender;
    await sender.webhooks.create({
      url: `${sink.url}/path-part?query-part`,
      topics: ["**"],
      secret: SECRET,
      headers: { "x-api-key": "header-part" },
    });
    await sender.emit("invoice.paid", { card: "data-part" });
    await waitForState(sender, "delivered");
    const all = JSON.stringify(
      spans
        .getFinishedSpans()
        .map(({ name, attributes, events, status }) => [name, attributes, events, status]),
    );
    for (const part of ["path-part", "query-part", SECRET, "header-part", "data-part"])
      expect(all).not.toContain(part);
    expect(all).toContain(`"server.address":"127.0.0.1","server.port":${new URL(sink.url).port}`);
  });

  test.each([
    ["http://127.0.0.1:8080", "http", "127.0.0.1", 8080],
    ["https://example.com", "https", "example.com", 443],
    ["http://example.com", "http", "example.com", 80],
    ["https://[2606:4700::1111]:8443", "https", "2606:4700::1111", 8443],
  ])("an attempt at %s has the scheme, the host and the port apart", (origin, scheme, host, port) => {
    const attemptTelemetry = new Telemetry(() => true).startAttempt(CLAIM, origin);
    attemptTelemetry?.end({
      outcome: { kind: "delivered" },
      responseStatus: 200,
      durationMs: 1,
      ageMs: 1,
      format: "heron",
      topic: "a.b",
    });
    expect(spans.getFinishedSpans()).toMatchObject([
      { attributes: { "url.scheme": scheme, "server.address": host, "server.port": port } },
    ]);
  });

  test("an emit that is refused says by which code", async () => {
    const { sender } = createStartedSender();
    await using _ = sender;
    await expect(sender.emit("a.b", null, { tx: {} })).rejects.toMatchObject({ code: "tx_unsupported" });
    expect(spans.getFinishedSpans()).toMatchObject([
      { name: "heron.emit", status: { code: SpanStatusCode.ERROR, message: "tx_unsupported" } },
    ]);
  });
});

describe("metrics", () => {
  test("count by what has few values: a topic outside the catalogue's is `other`", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = (_, index) => (index === 0 ? 500 : 200);
    const { sender } = createStartedSender({ topics: { "invoice.paid": { example: {} } } });
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    await sender.emit("invoice.paid", {});
    await waitForState(sender, "delivered");
    expect(await counted("heron.events")).toEqual({ '{"topic":"invoice.paid"}': 1 });
    expect(await counted("heron.deliveries")).toEqual({
      '{"outcome":"delivered","topic":"invoice.paid"}': 1,
    });
    expect(await counted("heron.attempts")).toEqual({
      '{"outcome":"retry","status":"5xx","format":"heron","topic":"invoice.paid"}': 1,
      '{"outcome":"delivered","status":"2xx","format":"heron","topic":"invoice.paid"}': 1,
    });
  });

  test("a webhook that is gone is counted, and its dead delivery", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => 410;
    const { sender } = createStartedSender();
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["a.*"] });
    await sender.emit("a.b", null);
    await waitForState(sender, "dead");
    expect(await counted("heron.webhooks.disabled")).toEqual({ '{"reason":"gone"}': 1 });
    expect(await counted("heron.attempts")).toEqual({
      '{"outcome":"gone","status":"4xx","format":"heron","topic":"other"}': 1,
    });
  });
});
