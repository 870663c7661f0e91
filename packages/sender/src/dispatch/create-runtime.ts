import type { Store } from "@heron-webhooks/engine";
import { Dispatcher, Maintenance, Publisher } from "@heron-webhooks/engine";
import type { Egress } from "../egress/egress.ts";
import { Resolver } from "../egress/resolver.ts";
import { createNewEvent } from "../events/new-event.ts";
import type { SecretCipher } from "../secrets/cipher.ts";
import type { SenderSettings } from "../settings.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { Attempter } from "./attempter.ts";
import { type EmitDisabled, EndpointHealth } from "./endpoint-health.ts";
import { callHook } from "./hooks.ts";
import { createHttpTransport, type Transport } from "./http-transport.ts";
import { PreparedWebhookCache } from "./prepared-webhook.ts";

/**
 * How long an attempt waits for its DNS look-up to start. Then the delivery is postponed, and the attempt does not
 * count.
 */
const MAX_LOOKUP_WAIT_MS = 2000;

export interface RuntimeContext {
  readonly store: Store;
  readonly settings: SenderSettings;
  readonly egress: Egress;
  readonly cipher: SecretCipher;
  readonly telemetry: Telemetry;
}

/** The running parts of a sender. */
export interface SenderRuntime {
  readonly publisher: Publisher;
  readonly preparedWebhooks: PreparedWebhookCache;
  readonly transport: Transport;
  readonly endpointHealth: EndpointHealth;
  readonly dispatcher: Dispatcher;
  readonly maintenance: Maintenance;
  /** Stops accepting events, waits up to `timeoutMs` for attempts in flight, releases the rest and closes the store. */
  close(timeoutMs: number): Promise<void>;
}

export function createRuntime({ store, settings, egress, cipher, telemetry }: RuntimeContext): SenderRuntime {
  const { clock, logger, attemptTimeoutMs, maxResponseBytes, expireAfterMs } = settings;
  const abortController = new AbortController();
  const transport = createHttpTransport({
    ...egress,
    logger,
    timeoutMs: attemptTimeoutMs,
    connectMs: attemptTimeoutMs,
    resolver: new Resolver({ maxWaitMs: Math.min(MAX_LOOKUP_WAIT_MS, attemptTimeoutMs / 2) }),
    maxResponseBytes,
    maxConnectionsPerHost: settings.concurrency,
    signal: abortController.signal,
  });
  const preparedWebhooks = new PreparedWebhookCache(store, cipher);
  const publisher = new Publisher(store, () => dispatcher.notify());
  const emitDisabled: EmitDisabled = async (reason, { id: webhook, account, failingSince }, version) => {
    const failingSinceText = failingSince === null ? null : new Date(failingSince).toISOString();
    const data = { webhook, reason, failing_since: failingSinceText };
    const id = `evt_disabled_${webhook}_${version}`;
    await publisher.publish(createNewEvent("webhook.disabled", data, { account, id }, clock.now()));
  };
  const endpointHealth = new EndpointHealth({ store, preparedWebhooks, settings, telemetry, emitDisabled });
  const attempter = new Attempter({ preparedWebhooks, transport, settings, telemetry, endpointHealth });
  const dispatcher: Dispatcher = new Dispatcher({
    store,
    attempt: attempter.attempt,
    settings,
    onLeaseLost(count) {
      telemetry.recordLostLeases(count);
      callHook(settings, (hooks) => hooks.onLeaseLost?.(count));
    },
    abortController,
  });
  const maintenance = new Maintenance({
    store,
    expireAfterMs,
    retention: { maxAgeMs: settings.retentionMaxAgeMs, maxBytes: settings.retentionMaxBytes },
    clock,
    logger,
    onExpired: (delivery) => attempter.reportDead(delivery, "expired"),
  });
  return {
    publisher,
    preparedWebhooks,
    transport,
    endpointHealth,
    dispatcher,
    maintenance,
    async close(closeTimeoutMs) {
      let cancelTimer = (): void => {};
      const timedOut = new Promise<void>((resolve) => {
        cancelTimer = clock.setTimeout(resolve, closeTimeoutMs);
      });
      // A store that cannot be opened may take long to respond; closing it rejects its waiting calls.
      await Promise.race([publisher.close(), timedOut]);
      await dispatcher.close(closeTimeoutMs);
      await Promise.race([publisher.close().then(() => maintenance.close()), timedOut]);
      cancelTimer();
      // Test events in flight are not deliveries, so they are aborted.
      abortController.abort();
      await transport.close();
      await store.close();
    },
  };
}
