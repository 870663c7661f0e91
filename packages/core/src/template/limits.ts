/** The longest template, as JSON text, in UTF-16 units. */
export const LONGEST_TEMPLATE: number = 64 * 1024;

/** How deep a template may be nested. */
export const DEEPEST = 32;

/** The most placeholders in a template. */
export const MOST_PLACEHOLDERS = 1000;

/** The longest body that a template may render to, in bytes of UTF-8. */
export const LONGEST_BODY: number = 256 * 1024;
