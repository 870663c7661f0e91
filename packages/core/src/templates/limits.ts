/** The longest template, as JSON text, in UTF-16 units. */
export const MAX_TEMPLATE_LENGTH: number = 64 * 1024;

/** How deep a template may be nested. */
export const MAX_DEPTH = 32;

/** The most placeholders in a template. */
export const MAX_PLACEHOLDERS = 1000;

/** The longest body that a template may render to, in bytes of UTF-8. */
export const MAX_BODY_BYTES: number = 256 * 1024;
