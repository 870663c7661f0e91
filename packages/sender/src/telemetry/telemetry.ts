import { HeronError, type Outcome } from "@heron-webhooks/core";
import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Claim, NewEvent } from "../store/store.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import { Meters } from "./meters.ts";
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
  async emit<T>(event: NewEvent, publish: (event: NewEvent) => Promise<T>): Promise<T> {
    const span = this.#tracer.startSpan("heron.emit", {
      kind: SpanKind.PRODUCER,
      attributes: { "heron.topic": event.topic, "heron.event": event.id },
    });
    try {
      const traceparent = traceparentOf(span.spanContext());
      const published = await publish(traceparent === null ? event : { ...event, traceparent });
      this.#meters.now.events.add(1, { topic: this.#topic(event.topic) });
      return published;
    } catch (error) {
      fail(span, HeronError.is(error) ? error.code : "error");
      throw error;
    } finally {
      span.end();
    }
  }

  /** Makes an attempt within a span of the event's trace, in which the HTTP client's own would have no place. */
  async attempt<T>(
    claim: Claim,
    origin: string,
    make: () => Promise<T>,
    ended: (made: T) => Attempted,
  ): Promise<T> {
    const parent = claim.traceparent === null ? undefined : spanOf(claim.traceparent);
    const above: Context =
      parent === undefined ? context.active() : trace.setSpanContext(context.active(), parent);
    const span = this.#tracer.startSpan(
      "heron.attempt",
      { kind: SpanKind.CLIENT, attributes: of(claim, origin) },
      above,
    );
    const made = await context.with(trace.setSpan(above, span).setValue(SUPPRESSED, true), make);
    const attempted = ended(made);
    const { outcome, status } = attempted;
    if (status !== null) span.setAttribute("http.response.status_code", status);
    span.setAttribute("heron.outcome", outcome.kind);
    if (outcome.kind !== "delivered") fail(span, outcome.reason);
    span.end();
    this.#count(attempted);
    return made;
  }

  settled(outcome: "delivered" | "dead", topic: string): void {
    this.#meters.now.deliveries.add(1, { outcome, topic: this.#topic(topic) });
  }

  disabled(reason: string): void {
    this.#meters.now.disabled.add(1, { reason });
  }

  lost(leases: number): void {
    this.#meters.now.lostLeases.add(leases);
  }

  #count({ outcome, status, ms, ageMs, format, topic }: Attempted): void {
    const { attempts, attemptDuration, queueAge } = this.#meters.now;
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

function of({ delivery, webhook, topic, attempts }: Claim, origin: string): Attributes {
  return {
    "heron.topic": topic,
    "heron.delivery": delivery,
    "heron.webhook": webhook,
    "heron.attempt": attempts + 1,
    "http.request.method": "POST",
    "server.address": origin,
  };
}

function fail(span: Span, message: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
