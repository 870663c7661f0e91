import { HeronError, type Outcome } from "@heron-webhooks/core";
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
import { SCOPE } from "./scope.ts";
import { spanOf, traceparentOf } from "./traceparent.ts";

/** An attempt that was made. */
export interface Attempted {
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly ms: number;
  readonly ageMs: number;
  readonly format: Webhook["format"];
  readonly topic: string;
}

/** An attempt that is told of. */
export interface AttemptTelemetry {
  /** Makes it, within its span. */
  make<T>(make: () => Promise<T>): Promise<T>;
  ended(attempted: Attempted): void;
  /** It was not made yet. */
  postponed(): void;
}

/**
 * Under this key the SDK looks whether to record anything: an attempt has a span of its own, and the HTTP client's would
 * have the URL's path in it, which may be a credential. Source: `suppressTracing` of @opentelemetry/core.
 */
const SUPPRESSED = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/**
 * Metrics and spans, through OpenTelemetry's API alone: without an SDK they cost next to nothing. One trace goes from an
 * event's emit to its attempts, however much later and in whichever process. No span and no metric has a URL's path, a
 * body, a header or a secret.
 */
export class Telemetry {
  readonly #meters = new Meters();
  readonly #tracer: Tracer = trace.getTracer(SCOPE);
  readonly #known: (topic: string) => boolean;

  /** `known` says which topics may be an attribute of metrics: an application's own, which are few. */
  constructor(known: (topic: string) => boolean) {
    this.#known = known;
  }

  /** Publishes an event within a span, which is kept with it. */
  emit<T>(event: NewEvent, publish: (event: NewEvent) => Promise<T>): Promise<T> {
    if (!isTraced() && this.#meters.now === undefined) return publish(event);
    const span = this.#tracer.startSpan("heron.emit", { kind: SpanKind.PRODUCER });
    const instruments = this.#meters.now;
    const traceparent = traceparentOf(span.spanContext());
    if (traceparent === null && instruments === undefined) return publish(event);
    span.setAttributes({ "heron.topic": event.topic, "heron.event": event.id });
    const told = async (): Promise<T> => {
      try {
        const published = await publish(traceparent === null ? event : { ...event, traceparent });
        instruments?.events.add(1, { topic: this.#topic(event.topic) });
        return published;
      } catch (error) {
        fail(span, HeronError.is(error) ? error.code : "error");
        throw error;
      } finally {
        span.end();
      }
    };
    return told();
  }

  /** Begins to tell of an attempt, in a span of its event's trace; null if nobody listens. */
  attempt(claim: Claim, origin: string): AttemptTelemetry | null {
    if (!isTraced() && this.#meters.now === undefined) return null;
    const parent = claim.traceparent === null ? undefined : spanOf(claim.traceparent);
    const above = parent === undefined ? context.active() : trace.setSpanContext(context.active(), parent);
    const span = this.#tracer.startSpan("heron.attempt", { kind: SpanKind.CLIENT }, above);
    const instruments = this.#meters.now;
    if (instruments === undefined && !isSpanContextValid(span.spanContext())) return null;
    span.setAttributes(of(claim, origin));
    return {
      // The HTTP client's own span would have no place in it.
      make: (make) => context.with(trace.setSpan(above, span).setValue(SUPPRESSED, true), make),
      ended: (attempted) => {
        const { outcome, status } = attempted;
        if (status !== null) span.setAttribute("http.response.status_code", status);
        span.setAttribute("heron.outcome", outcome.kind);
        if (outcome.kind !== "delivered") fail(span, outcome.reason);
        span.end();
        if (instruments !== undefined) this.#count(instruments, attempted);
      },
      postponed: () => {
        span.setAttribute("heron.outcome", "postponed");
        span.end();
      },
    };
  }

  settled(outcome: "delivered" | "dead", topic: string): void {
    this.#meters.now?.deliveries.add(1, { outcome, topic: this.#topic(topic) });
  }

  disabled(reason: string): void {
    this.#meters.now?.disabled.add(1, { reason });
  }

  lost(leases: number): void {
    this.#meters.now?.lostLeases.add(leases);
  }

  #count(
    { attempts, attemptDuration, queueAge }: Instruments,
    { outcome, status, ms, ageMs, format, topic }: Attempted,
  ): void {
    const attributes: Attributes = {
      outcome: outcome.kind,
      status: status === null ? "none" : `${Math.floor(status / 100)}xx`,
      format,
      topic: this.#topic(topic),
    };
    attempts.add(1, attributes);
    attemptDuration.record(ms / 1000, attributes);
    queueAge.record(ageMs / 1000, { topic: attributes["topic"] ?? "other" });
  }

  #topic(topic: string): string {
    return this.#known(topic) ? topic : "other";
  }
}

const NOBODY: TracerProvider = new ProxyTracerProvider().getDelegate();

/** Whether anybody may have a span: to ask for one that is none costs, at each event and each attempt. */
function isTraced(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== NOBODY;
}

function of({ delivery, webhook, topic, attempts }: Claim, origin: string): Attributes {
  return {
    "heron.topic": topic,
    "heron.delivery": delivery,
    "heron.webhook": webhook,
    "heron.attempt": attempts + 1,
    "http.request.method": "POST",
    ...serverOf(origin),
  };
}

/** Source: OpenTelemetry, "Semantic conventions for HTTP client spans". An address of IPv6 has no brackets there. */
function serverOf(origin: string): Attributes {
  const { protocol, hostname, port } = new URL(origin);
  return {
    "url.scheme": protocol.slice(0, -1),
    "server.address": hostname.replace(/^\[|\]$/g, ""),
    "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  };
}

function fail(span: Span, message: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
