/**
 * For those who write a store: what every store shares.
 * @module
 */
import "../node-version.ts";

export {
  Claimer,
  assertKnownKeys,
  LocalQueue,
  type QueuedDelivery,
  type QueuedEvent,
  type LocalWebhookQueue,
  LocalCompleter,
  type RegisteredWebhook,
  isReservedTopic,
  isSubscribed,
  WebhookQueues,
  createLabelExistsError,
  applyLabels,
  getPageLimit,
  MAX_PENDING_DELIVERIES,
  evaluateConditions,
  readsUser,
  type PendingCompletion,
  EventView,
  findSubscribedPatterns,
  createLabelLimitError,
  createPendingLimitError,
  createWriteKeyLimitError,
  matchesEvent,
  assertInteger,
} from "@heron-webhooks/engine";
