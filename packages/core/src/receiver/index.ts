/**
 * Verify requests and hand their events over, in any framework: `createReceiver`, and what adapters need.
 * @module
 */
export type { AcceptedEvent, AcceptResult } from "./acceptor.ts";
export type { ReceiveContext } from "./context.ts";
export { type DedupeStore, type MemoryDedupeOptions, memoryDedupe, type Reservation } from "./dedupe.ts";
export { Discard, Retry } from "./handler-errors.ts";
export type { Handler, Handlers } from "./handlers.ts";
export { consoleLogger, type FailureDetails, type OnError } from "./logger.ts";
export { type NodeMessage, type NodeRequestOptions, nodeRequest, rawBody } from "./node-request.ts";
export { completeOnResponse, type NodeResponse, writeResponse } from "./node-response.ts";
export type { DedupeOptions, ReceiverOptions } from "./options.ts";
export { createReceiver, type Receiver } from "./receiver.ts";
export type { IncomingRequest, RequestHeaders } from "./request.ts";
export type { ReceiverResponse } from "./response.ts";
export { type CachedSecretsOptions, cachedSecrets, type SecretFunction, type Secrets } from "./secrets.ts";
export { webRequest } from "./web-request.ts";
