/**
 * Slack messages from events: URLs, fields, templates and responses.
 * @module
 */
export { classifySlackResponse } from "./classify-response.ts";
export { escapeSlack } from "./escape.ts";
export { formatSlackLink } from "./link.ts";
export { createSlackMessage, type SlackMessageOptions } from "./message.ts";
export { compileSlackTemplate, type SlackTemplate, type SlackTemplateOptions } from "./template.ts";
export type { SlackMessage, SlackObject } from "./types.ts";
export { getSlackUrlKind, type SlackUrlKind } from "./url.ts";
export { toWorkflowVariables } from "./workflow.ts";
