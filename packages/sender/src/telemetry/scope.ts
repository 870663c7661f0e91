/** The instrumentation scope. */
export const INSTRUMENTATION_NAME = "@heron-webhooks/sender";
