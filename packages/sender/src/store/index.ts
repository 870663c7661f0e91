/**
 * Building blocks for authors of stores.
 * @module
 */
import "../node-version.ts";

export {
  applyLabels,
  assertInteger,
  assertKnownKeys,
  Claimer,
  createLabelExistsError,
  createLabelLimitError,
  createPendingLimitError,
  createWriteKeyLimitError,
  EventView,
  evaluateConditions,
  findSubscribedPatterns,
  getPageLimit,
  isReservedTopic,
  isSubscribed,
  LocalCompleter,
  LocalQueue,
  type LocalWebhookQueue,
  MAX_PENDING_DELIVERIES,
  matchesEvent,
  type PendingCompletion,
  type QueuedDelivery,
  type QueuedEvent,
  type RegisteredWebhook,
  readsUser,
  WebhookQueues,
} from "@heron-webhooks/engine";
