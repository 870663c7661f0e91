/** The longest template as JSON, in UTF-16 units. */
export const MAX_TEMPLATE_LENGTH: number = 64 * 1024;

/** The deepest nesting of a template. */
export const MAX_DEPTH = 32;

/** The most placeholders in a template. */
export const MAX_PLACEHOLDERS = 1000;

/** The largest rendered body, in bytes. */
export const MAX_BODY_BYTES: number = 256 * 1024;
