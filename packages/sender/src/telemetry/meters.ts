import {
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
} from "@opentelemetry/api";
import { INSTRUMENTATION_NAME } from "./scope.ts";

/** The instruments. Attributes have few values: never a customer, a webhook or a URL. */
export interface Instruments {
  /** Emitted events, by topic. */
  readonly events: Counter;
  /** Attempts, by outcome, status class, format and topic. */
  readonly attempts: Counter;
  /** Duration of attempts, in seconds. */
  readonly attemptDuration: Histogram;
  /** Age of a delivery when it is attempted, in seconds. */
  readonly queueAge: Histogram;
  /** Ended deliveries, by outcome: delivered or dead. */
  readonly deliveries: Counter;
  /** Webhooks disabled by the sender, by reason. */
  readonly disabledWebhooks: Counter;
  /** Leases that expired before their attempts were recorded. */
  readonly lostLeases: Counter;
}

/** The instruments of the current provider: one that is set after the sender was created is used from then on. */
export class Meters {
  #provider: MeterProvider | undefined;
  #instruments: Instruments | undefined;

  /** Undefined without a meter provider. */
  get instruments(): Instruments | undefined {
    const provider = metrics.getMeterProvider();
    if (provider !== this.#provider) {
      this.#provider = provider;
      const meter = provider.getMeter(INSTRUMENTATION_NAME);
      this.#instruments = meter === createNoopMeter() ? undefined : createInstruments(meter);
    }
    return this.#instruments;
  }
}

/** In seconds, up to a timeout. */
const DURATION_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];
/** In seconds, up to three days. */
const AGE_BUCKETS_S = [0.01, 0.05, 0.25, 1, 5, 30, 60, 300, 900, 3600, 21_600, 86_400, 259_200];

function createInstruments(meter: Meter): Instruments {
  const createDurationHistogram = (
    name: string,
    description: string,
    explicitBucketBoundaries: number[],
  ): Histogram =>
    meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries } });
  return {
    events: meter.createCounter("heron.events", { description: "Events that were emitted." }),
    attempts: meter.createCounter("heron.attempts", { description: "Attempts that were made." }),
    attemptDuration: createDurationHistogram(
      "heron.attempt.duration",
      "How long attempts take.",
      DURATION_BUCKETS_S,
    ),
    queueAge: createDurationHistogram(
      "heron.queue.age",
      "Age of a delivery when it is attempted.",
      AGE_BUCKETS_S,
    ),
    deliveries: meter.createCounter("heron.deliveries", {
      description: "Deliveries that ended.",
    }),
    disabledWebhooks: meter.createCounter("heron.webhooks.disabled", {
      description: "Webhooks that were disabled.",
    }),
    lostLeases: meter.createCounter("heron.leases.lost", {
      description: "Leases that expired before their attempts were recorded.",
    }),
  };
}
