/** The name under which telemetry is told apart from that of other libraries. */
export const INSTRUMENTATION_NAME = "@heron-webhooks/sender";
