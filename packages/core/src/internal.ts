/**
 * Shared by the packages of this project. Internal: what it exports may change in any release.
 * @module
 */
export {
  assertSender,
  type HeronSender,
  type StartableSender,
  type WithSender,
} from "./application-sender.ts";
export { systemClock } from "./clock.ts";
export { parseDuration } from "./duration.ts";
export { stringifyEvent } from "./event.ts";
export { compileSchema, type Validator } from "./schema.ts";
export {
  type PostResponse,
  type ServeOptions,
  serveWebHandler,
  type WebHandler,
} from "./web/serve-web-handler.ts";
