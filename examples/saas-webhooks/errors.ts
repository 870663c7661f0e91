import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

/** Errors that the customer causes, and temporary ones. All others are 500. */
const STATUS: Partial<Readonly<Record<HeronErrorCode, number>>> = {
  option_invalid: 400,
  url_invalid: 400,
  address_forbidden: 400,
  header_invalid: 400,
  pattern_invalid: 400,
  template_invalid: 400,
  secret_invalid: 400,
  topic_invalid: 400,
  topic_unknown: 400,
  webhook_not_found: 404,
  delivery_not_found: 404,
  limit_reached: 429,
  closed: 503,
  store_busy: 503,
  store_full: 503,
  store_unavailable: 503,
};

/** Messages of the sender are safe for customers below 500; internal errors are not shown. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = HeronError.is(error) ? (STATUS[error.code] ?? 500) : (error.statusCode ?? 500);
  if (status < 500) return reply.code(status).send({ error: error.code, message: error.message });
  request.log.error(error);
  return reply.code(status).send({ error: status === 503 ? "unavailable" : "internal" });
}
