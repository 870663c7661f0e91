/**
 * The console of a webhooks sender, embedded in your own application.
 * @module
 */
export { HeronError, type HeronErrorCode } from "@heron-webhooks/core";
export type { Access, Authorize } from "./access/access.ts";
export { type ApiKeys, apiKey } from "./access/api-key.ts";
export {
  type OpenedSession,
  type SignedLinkOptions,
  type SignedLinks,
  signedLink,
} from "./access/signed-link.ts";
export { type Console, type ConsoleOptions, createConsole } from "./console.ts";
