/**
 * Webhooks that an application offers its own customers: durable, fair, signed, in one import.
 * @module
 */
import type { Sender } from "./sender.ts";

declare global {
  namespace HeronWebhooks {
    // From which adapters take the type of `app.heron` and `req.heronSender`, without knowing this package.
    interface Types {
      readonly senderByDefault: Sender;
    }
  }
}

export type { EgressOptions } from "./egress/egress.ts";
export type { EngineHooks } from "./engine/settings.ts";
export { type MemoryStoreOptions, memoryStore } from "./memory/memory-store.ts";
export { createSender, type EmitOptions, type Sender, type SenderOptions } from "./sender.ts";
export { type SqliteStoreOptions, sqliteStore } from "./sqlite/sqlite-store.ts";
export type {
  AttemptRecord,
  DeliveryRecord,
  DeliveryState,
  Page,
  PageRequest,
  SecretRecord,
  WebhookChange,
  WebhookRecord,
} from "./store/records.ts";
export type {
  Claim,
  ClaimRequest,
  DeliveryFilter,
  DeliveryStore,
  GateChange,
  GateRecord,
  Lease,
  NewEvent,
  Published,
  PublishOptions,
  Settled,
  Settlement,
  Store,
  UserStore,
  WebhookStore,
} from "./store/store.ts";
export type { WebhookInput } from "./webhooks/input.ts";
