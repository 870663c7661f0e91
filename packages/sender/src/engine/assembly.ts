import type { Store } from "@heron-webhooks/engine";
import { Ageing, Engine, Publisher } from "@heron-webhooks/engine";
import type { Egress } from "../egress/egress.ts";
import { Resolver } from "../egress/resolver.ts";
import { newEvent } from "../events/new-event.ts";
import type { Seal } from "../secrets/seal.ts";
import type { SenderSettings } from "../settings.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { createTransport, type Transport } from "./attempt.ts";
import { callHook } from "./hooks.ts";
import { OutgoingWebhooks } from "./outgoing.ts";
import { type Announce, Standing } from "./standing.ts";
import { Worker } from "./work.ts";

/** A delivery whose look-up gets no place for so long is put back, and its attempt does not count. */
const MAX_LOOKUP_WAIT_MS = 2000;

export interface AssemblyContext {
  readonly store: Store;
  readonly settings: SenderSettings;
  readonly egress: Egress;
  readonly seal: Seal;
  readonly telemetry: Telemetry;
}

/** Everything of a sender that runs, put together. */
export interface Assembly {
  readonly publisher: Publisher;
  readonly outgoing: OutgoingWebhooks;
  readonly transport: Transport;
  readonly standing: Standing;
  readonly engine: Engine;
  readonly ageing: Ageing;
  /** Takes no more, finishes what is under way within so long, hands back the rest, and closes the store. */
  close(graceMs: number): Promise<void>;
}

export function assemble({ store, settings, egress, seal, telemetry }: AssemblyContext): Assembly {
  const { clock, logger, timeoutMs, answerBytes, expireMs } = settings;
  const cancelled = new AbortController();
  const transport = createTransport({
    ...egress,
    logger,
    timeoutMs,
    connectMs: timeoutMs,
    resolver: new Resolver({ maxWaitMs: Math.min(MAX_LOOKUP_WAIT_MS, timeoutMs / 2) }),
    answerBytes,
    connections: settings.slots,
    signal: cancelled.signal,
  });
  const outgoing = new OutgoingWebhooks(store, seal);
  const publisher = new Publisher(store, () => engine.wake());
  const announce: Announce = async (reason, { id: webhook, account, failingSince }, version) => {
    const since = failingSince === null ? null : new Date(failingSince).toISOString();
    const data = { webhook, reason, failing_since: since };
    const id = `evt_disabled_${webhook}_${version}`;
    await publisher.publish(newEvent("webhook.disabled", data, { account, id }, clock.now()));
  };
  const standing = new Standing({ store, webhooks: outgoing, settings, telemetry, announce });
  const worker = new Worker({ webhooks: outgoing, transport, settings, telemetry, standing });
  const engine: Engine = new Engine({
    store,
    work: worker.work,
    settings,
    onLeaseLost(count) {
      telemetry.lost(count);
      callHook(settings, (hooks) => hooks.lost?.(count));
    },
    cancelled,
  });
  const ageing = new Ageing({
    store,
    expireMs,
    keep: { olderThanMs: settings.keepMs, bytes: settings.keepBytes },
    clock,
    logger,
    expired: (delivery) => worker.buried(delivery, "expired"),
  });
  return {
    publisher,
    outgoing,
    transport,
    standing,
    engine,
    ageing,
    async close(graceMs) {
      let stop = (): void => {};
      const late = new Promise<void>((resolve) => {
        stop = clock.setTimeout(resolve, graceMs);
      });
      // A store that cannot be opened may not answer for long; once it is closed, who waits for it hears of that.
      await Promise.race([publisher.close(), late]);
      await engine.close(graceMs);
      await Promise.race([publisher.close().then(() => ageing.close()), late]);
      stop();
      // A test that is under way is nobody's delivery.
      cancelled.abort();
      await transport.close();
      await store.close();
    },
  };
}
