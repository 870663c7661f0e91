import { HeronError } from "@heron-webhooks/core";
import type { Outcome } from "@heron-webhooks/core/delivery";
import type { Claim, NewEvent } from "@heron-webhooks/engine";
import {
  type Attributes,
  context,
  createContextKey,
  isSpanContextValid,
  ProxyTracerProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import type { Webhook } from "../webhooks/webhook.ts";
import { type Instruments, Meters } from "./meters.ts";
import { INSTRUMENTATION_NAME } from "./scope.ts";
import { formatTraceparent, parseTraceparent } from "./traceparent.ts";

/** The measurements of an attempt. */
export interface AttemptMetrics {
  readonly outcome: Outcome;
  readonly responseStatus: number | null;
  readonly durationMs: number;
  readonly ageMs: number;
  readonly format: Webhook["format"];
  readonly topic: string;
}

/** The telemetry of one attempt. */
export interface AttemptTelemetry {
  /** Runs the attempt within its span. */
  run<T>(attempt: () => Promise<T>): Promise<T>;
  end(attempted: AttemptMetrics): void;
  /** The attempt was postponed. */
  postpone(): void;
}

/**
 * The SDK's context key for suppressing spans: an attempt has its own span, and the HTTP client's would contain the
 * URL's path, which may be a credential. Source: `suppressTracing` of @opentelemetry/core.
 */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/**
 * Metrics and spans through the OpenTelemetry API; nearly free without an SDK. A trace spans an event's emit and its
 * attempts, also in other processes. Spans and metrics contain no URL path, body, header or secret.
 */
export class Telemetry {
  readonly #meters = new Meters();
  readonly #tracer: Tracer = trace.getTracer(INSTRUMENTATION_NAME);
  readonly #isKnownTopic: (topic: string) => boolean;

  /** `isKnownTopic` limits the topics used as attributes to the application's own, which are few. */
  constructor(isKnownTopic: (topic: string) => boolean) {
    this.#isKnownTopic = isKnownTopic;
  }

  /** Publishes an event within a span, and stores the span's context with the event. */
  traceEmit<T>(event: NewEvent, publish: (event: NewEvent) => Promise<T>): Promise<T> {
    if (!isTracingEnabled() && this.#meters.instruments === undefined) return publish(event);
    const span = this.#tracer.startSpan("heron.emit", { kind: SpanKind.PRODUCER });
    const instruments = this.#meters.instruments;
    const traceparent = formatTraceparent(span.spanContext());
    if (traceparent === null && instruments === undefined) return publish(event);
    span.setAttributes({ "heron.topic": event.topic, "heron.event": event.id });
    const publishTraced = async (): Promise<T> => {
      try {
        const published = await publish(traceparent === null ? event : { ...event, traceparent });
        instruments?.events.add(1, { topic: this.#toTopicAttribute(event.topic) });
        return published;
      } catch (error) {
        setSpanError(span, HeronError.is(error) ? error.code : "error");
        throw error;
      } finally {
        span.end();
      }
    };
    return publishTraced();
  }

  /** Starts the span of an attempt in its event's trace. Returns null without an SDK. */
  startAttempt(claim: Claim, origin: string): AttemptTelemetry | null {
    if (!isTracingEnabled() && this.#meters.instruments === undefined) return null;
    const parent = claim.traceparent === null ? undefined : parseTraceparent(claim.traceparent);
    const parentContext =
      parent === undefined ? context.active() : trace.setSpanContext(context.active(), parent);
    const span = this.#tracer.startSpan("heron.attempt", { kind: SpanKind.CLIENT }, parentContext);
    const instruments = this.#meters.instruments;
    if (instruments === undefined && !isSpanContextValid(span.spanContext())) return null;
    span.setAttributes(toSpanAttributes(claim, origin));
    return {
      // Suppresses the HTTP client's own span.
      run: (make) => context.with(trace.setSpan(parentContext, span).setValue(SUPPRESS_TRACING, true), make),
      end: (attempted) => {
        const { outcome, responseStatus } = attempted;
        if (responseStatus !== null) span.setAttribute("http.response.status_code", responseStatus);
        span.setAttribute("heron.outcome", outcome.kind);
        if (outcome.kind !== "delivered") setSpanError(span, outcome.reason);
        span.end();
        if (instruments !== undefined) this.#recordAttempt(instruments, attempted);
      },
      postpone: () => {
        span.setAttribute("heron.outcome", "postponed");
        span.end();
      },
    };
  }

  recordFinished(outcome: "delivered" | "dead", topic: string): void {
    this.#meters.instruments?.deliveries.add(1, { outcome, topic: this.#toTopicAttribute(topic) });
  }

  recordDisabled(reason: string): void {
    this.#meters.instruments?.disabledWebhooks.add(1, { reason });
  }

  recordLostLeases(leaseCount: number): void {
    this.#meters.instruments?.lostLeases.add(leaseCount);
  }

  #recordAttempt(
    { attempts, attemptDuration, queueAge }: Instruments,
    { outcome, responseStatus, durationMs, ageMs, format, topic }: AttemptMetrics,
  ): void {
    const attributes: Attributes = {
      outcome: outcome.kind,
      status: responseStatus === null ? "none" : `${Math.floor(responseStatus / 100)}xx`,
      format,
      topic: this.#toTopicAttribute(topic),
    };
    attempts.add(1, attributes);
    attemptDuration.record(durationMs / 1000, attributes);
    queueAge.record(ageMs / 1000, { topic: attributes["topic"] ?? "other" });
  }

  #toTopicAttribute(topic: string): string {
    return this.#isKnownTopic(topic) ? topic : "other";
  }
}

const NOOP_PROVIDER: TracerProvider = new ProxyTracerProvider().getDelegate();

/** Whether a tracer provider is set: creating no-op spans would cost every event and attempt. */
function isTracingEnabled(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== NOOP_PROVIDER;
}

function toSpanAttributes({ delivery, webhook, topic, attemptCount }: Claim, origin: string): Attributes {
  return {
    "heron.topic": topic,
    "heron.delivery": delivery,
    "heron.webhook": webhook,
    "heron.attempt": attemptCount + 1,
    "http.request.method": "POST",
    ...toServerAttributes(origin),
  };
}

/** Source: OpenTelemetry, "Semantic conventions for HTTP client spans". IPv6 addresses have no brackets there. */
function toServerAttributes(origin: string): Attributes {
  const { protocol, hostname, port } = new URL(origin);
  return {
    "url.scheme": protocol.slice(0, -1),
    "server.address": hostname.replace(/^\[|\]$/g, ""),
    "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  };
}

function setSpanError(span: Span, message: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
