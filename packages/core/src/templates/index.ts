/**
 * Compile body templates and render them without breaking the JSON around them.
 * @module
 */
export { compileTemplate, type Template, validateTemplate } from "./compile.ts";
export type { TemplateFault, TemplateOptions } from "./options.ts";
export { getValueAt, type TemplateScope } from "./path.ts";
export { parsePath } from "./placeholder.ts";
